-- DropForeignKey
ALTER TABLE "import_row" DROP CONSTRAINT "import_row_account_id_import_id_fkey";

-- AlterTable
ALTER TABLE "import" ADD COLUMN     "actor_id" UUID,
ADD COLUMN     "actor_type" TEXT NOT NULL,
ADD COLUMN     "merged_line" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "total_rows" INTEGER NOT NULL DEFAULT 0,
DROP COLUMN "failure",
ADD COLUMN     "failure" JSONB;

-- AlterTable
ALTER TABLE "import_row" DROP COLUMN "data",
ADD COLUMN     "attributes" JSONB,
ADD COLUMN     "evidence" TEXT[],
ADD COLUMN     "first_name" TEXT,
ADD COLUMN     "last_name" TEXT,
ADD COLUMN     "locale" TEXT,
ADD COLUMN     "raw" TEXT NOT NULL,
ADD COLUMN     "timezone" TEXT;

-- AlterTable
ALTER TABLE "import_error" ADD COLUMN     "email" TEXT,
ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "phone" TEXT;
