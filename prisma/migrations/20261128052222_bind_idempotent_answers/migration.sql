-- AlterTable
ALTER TABLE "idempotency_key" ADD COLUMN     "mentions" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "shown" JSONB,
ADD COLUMN     "withheld" TEXT;

-- CreateIndex
CREATE INDEX "idempotency_key_mentions_idx" ON "idempotency_key" USING GIN ("mentions");
