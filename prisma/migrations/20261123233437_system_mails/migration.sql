-- CreateTable
CREATE TABLE "system_mail" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "purpose_id" UUID NOT NULL,
    "state" "message_state" NOT NULL,
    "reason" TEXT,
    "address" BYTEA,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "first_attempt_at" TIMESTAMPTZ(3),
    "smtp_code" INTEGER,
    "enhanced_code" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "state_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "system_mail_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE INDEX "system_mail_account_id_kind_state_next_attempt_at_idx" ON "system_mail"("account_id", "kind", "state", "next_attempt_at");

-- CreateIndex
CREATE INDEX "system_mail_account_id_contact_id_idx" ON "system_mail"("account_id", "contact_id");

-- AddForeignKey
ALTER TABLE "system_mail" ADD CONSTRAINT "system_mail_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contact"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "system_mail" ADD CONSTRAINT "system_mail_account_id_purpose_id_fkey" FOREIGN KEY ("account_id", "purpose_id") REFERENCES "purpose"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
