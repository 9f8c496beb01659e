-- AlterTable
ALTER TABLE "session" ADD COLUMN     "previous_hash" BYTEA;
