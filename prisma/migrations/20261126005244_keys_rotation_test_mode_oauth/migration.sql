-- AlterEnum
ALTER TYPE "message_state" ADD VALUE 'sink';

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "last_used_address" TEXT,
ADD COLUMN     "rotated_at" TIMESTAMPTZ(3),
ADD COLUMN     "test_mode" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "credential_index" ADD COLUMN     "ends_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "campaign" ADD COLUMN     "test_mode" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "system_mail" ADD COLUMN     "test_mode" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "import" ADD COLUMN     "test_mode" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "user_mail" ADD COLUMN     "test_mode" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "revoked_token" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revoked_token_pkey" PRIMARY KEY ("account_id","id")
);

-- AddForeignKey
ALTER TABLE "revoked_token" ADD CONSTRAINT "revoked_token_account_id_api_key_id_fkey" FOREIGN KEY ("account_id", "api_key_id") REFERENCES "api_key"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
