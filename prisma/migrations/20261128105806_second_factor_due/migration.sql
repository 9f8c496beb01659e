-- AlterTable
ALTER TABLE "user" ADD COLUMN     "second_factor_due" BOOLEAN NOT NULL DEFAULT false;
