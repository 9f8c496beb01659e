-- CreateTable
CREATE TABLE "audit_anchor" (
    "account_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "to_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "proof" BYTEA NOT NULL,

    CONSTRAINT "audit_anchor_pkey" PRIMARY KEY ("account_id")
);
