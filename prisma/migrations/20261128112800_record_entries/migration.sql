-- CreateTable
CREATE TABLE "record_entry" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "record_entry_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "record_seal" (
    "account_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "to_id" UUID NOT NULL,
    "lines" INTEGER NOT NULL,
    "total" BIGINT NOT NULL,
    "leaves" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "record_seal_pkey" PRIMARY KEY ("account_id","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "record_entry_account_id_kind_subject_id_version_key" ON "record_entry"("account_id", "kind", "subject_id", "version");
