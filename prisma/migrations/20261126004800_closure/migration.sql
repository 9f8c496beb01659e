-- CreateEnum
CREATE TYPE "closure_status" AS ENUM ('cooling', 'archiving', 'archived', 'destroyed', 'cancelled');

-- CreateTable
CREATE TABLE "account_closure" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "status" "closure_status" NOT NULL DEFAULT 'cooling',
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" UUID NOT NULL,
    "closes_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),
    "archiving_at" TIMESTAMPTZ(3),
    "sealed_at" TIMESTAMPTZ(3),
    "archive_file" TEXT,
    "archive_key" BYTEA,
    "archive_bytes" BIGINT,
    "archive_sha256" TEXT,
    "archived" JSONB NOT NULL DEFAULT '{}',
    "deleted" JSONB NOT NULL DEFAULT '{}',
    "cleared_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "destroy_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_closure_pkey" PRIMARY KEY ("account_id","id")
);

-- AddForeignKey
ALTER TABLE "account_closure" ADD CONSTRAINT "account_closure_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
