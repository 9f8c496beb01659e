-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'change',
ADD COLUMN     "target_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];
