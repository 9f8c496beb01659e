-- CreateTable
CREATE TABLE "audit_seal" (
    "account_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "to_id" UUID NOT NULL,
    "events" INTEGER NOT NULL,
    "leaves" BYTEA NOT NULL,
    "root" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("account_id","sequence")
);
