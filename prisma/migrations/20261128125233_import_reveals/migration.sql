-- AlterTable
ALTER TABLE "import" ADD COLUMN     "reveals" BOOLEAN NOT NULL DEFAULT false;
