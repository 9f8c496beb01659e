-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN     "counts" JSONB;

-- AlterTable
ALTER TABLE "erasure" ADD COLUMN     "subject" BYTEA;

-- CreateIndex
CREATE INDEX "erasure_account_id_status_idx" ON "erasure"("account_id", "status");

-- AlterTable
ALTER TABLE "campaign" ADD COLUMN     "erased_events" JSONB NOT NULL DEFAULT '{}';
