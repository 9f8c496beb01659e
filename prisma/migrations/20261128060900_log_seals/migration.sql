-- CreateTable
CREATE TABLE "log_head" (
    "account_id" UUID NOT NULL,
    "log" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,
    "total" BIGINT NOT NULL,
    "proof" BYTEA NOT NULL,

    CONSTRAINT "log_head_pkey" PRIMARY KEY ("account_id","log")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "account_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "heads" BYTEA NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,
    "proof" BYTEA NOT NULL,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "log_verification" (
    "account_id" UUID NOT NULL,
    "log" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3) NOT NULL,
    "first_break" JSONB,

    CONSTRAINT "log_verification_pkey" PRIMARY KEY ("account_id","log")
);

-- CreateTable
CREATE TABLE "consent_seal" (
    "account_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "to_id" UUID NOT NULL,
    "lines" INTEGER NOT NULL,
    "total" BIGINT NOT NULL,
    "leaves" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_seal_pkey" PRIMARY KEY ("account_id","sequence")
);

-- CreateTable
CREATE TABLE "consent_tombstone" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "proof" BYTEA NOT NULL,

    CONSTRAINT "consent_tombstone_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE INDEX "consent_seal_account_id_to_id_idx" ON "consent_seal"("account_id", "to_id");
