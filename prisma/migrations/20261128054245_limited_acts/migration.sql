-- CreateTable
CREATE TABLE "limited_act" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" BYTEA,
    "about" UUID,
    "amount" INTEGER NOT NULL DEFAULT 1,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "limited_act_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE INDEX "limited_act_account_id_kind_subject_at_idx" ON "limited_act"("account_id", "kind", "subject", "at");

-- CreateIndex
CREATE INDEX "limited_act_at_idx" ON "limited_act"("at");
