-- AlterTable
ALTER TABLE "import" ADD COLUMN     "outdated_consents" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "read_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "read_rows" INTEGER NOT NULL DEFAULT 0;
