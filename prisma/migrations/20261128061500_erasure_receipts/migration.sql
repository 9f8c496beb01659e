-- AlterTable
ALTER TABLE "erasure" ADD COLUMN     "out_of_reach" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "replaced" JSONB NOT NULL DEFAULT '{}';

