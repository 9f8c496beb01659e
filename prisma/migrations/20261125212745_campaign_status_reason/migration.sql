-- AlterTable
ALTER TABLE "campaign" ADD COLUMN     "status_reason" TEXT;
