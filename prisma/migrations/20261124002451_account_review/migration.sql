-- AlterEnum
ALTER TYPE "account_status" ADD VALUE 'refused' BEFORE 'suspended';

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "status_before" "account_status",
ADD COLUMN     "status_reason" TEXT;
