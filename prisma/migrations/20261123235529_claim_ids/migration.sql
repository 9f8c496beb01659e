-- AlterTable
ALTER TABLE "message" ADD COLUMN     "claim_id" UUID;
