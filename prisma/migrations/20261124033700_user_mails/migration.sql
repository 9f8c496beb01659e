-- AlterTable
ALTER TABLE "user" ALTER COLUMN "role" DROP NOT NULL;

-- CreateTable
CREATE TABLE "user_mail" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "state" "message_state" NOT NULL,
    "reason" TEXT,
    "address" BYTEA,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "smtp_code" INTEGER,
    "enhanced_code" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "state_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_mail_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "user_link" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" BYTEA,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_link_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE INDEX "user_mail_account_id_state_next_attempt_at_idx" ON "user_mail"("account_id", "state", "next_attempt_at");

-- CreateIndex
CREATE INDEX "user_mail_account_id_kind_address_idx" ON "user_mail"("account_id", "kind", "address");

-- CreateIndex
CREATE INDEX "user_link_account_id_user_id_idx" ON "user_link"("account_id", "user_id");

-- AddForeignKey
ALTER TABLE "user_mail" ADD CONSTRAINT "user_mail_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_link" ADD CONSTRAINT "user_link_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
