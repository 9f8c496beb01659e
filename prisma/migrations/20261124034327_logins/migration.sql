-- AlterTable
ALTER TABLE "session" ADD COLUMN     "network" TEXT,
ADD COLUMN     "new_device" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "program" TEXT,
ADD COLUMN     "second_factor" TEXT;

-- CreateTable
CREATE TABLE "login_throttle" (
    "key" BYTEA NOT NULL,
    "level" DOUBLE PRECISION NOT NULL,
    "level_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "totp" (
    "account_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "seed" BYTEA NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "totp_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "passkey" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "transports" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_synced" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "passkey_challenge" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "ceremony" TEXT NOT NULL,
    "challenge" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "passkey_challenge_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE INDEX "login_throttle_level_at_idx" ON "login_throttle"("level_at");

-- CreateIndex
CREATE UNIQUE INDEX "recovery_code_account_id_user_id_hash_key" ON "recovery_code"("account_id", "user_id", "hash");

-- CreateIndex
CREATE INDEX "passkey_account_id_user_id_idx" ON "passkey"("account_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "passkey_account_id_credential_id_key" ON "passkey"("account_id", "credential_id");

-- CreateIndex
CREATE INDEX "passkey_challenge_account_id_user_id_idx" ON "passkey_challenge"("account_id", "user_id");

-- AddForeignKey
ALTER TABLE "totp" ADD CONSTRAINT "totp_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
