-- Written from the schema, then completed by hand: PARTITION BY, UNLOGGED, and what follows the last line of the schema.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "account_status" AS ENUM ('trial', 'active', 'suspended', 'closing', 'archived', 'destroyed');

-- CreateEnum
CREATE TYPE "user_status" AS ENUM ('invited', 'active', 'deactivated');

-- CreateEnum
CREATE TYPE "credential_kind" AS ENUM ('api_key', 'login');

-- CreateEnum
CREATE TYPE "campaign_status" AS ENUM ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled');

-- CreateEnum
CREATE TYPE "message_state" AS ENUM ('queued', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'excluded', 'cancelled');

-- CreateEnum
CREATE TYPE "tracking_mode" AS ENUM ('off', 'aggregate', 'individual');

-- CreateEnum
CREATE TYPE "legal_basis" AS ENUM ('consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests');

-- CreateEnum
CREATE TYPE "eprivacy_ground" AS ENUM ('opt_in', 'soft_opt_in', 'b2b_professional', 'non_marketing');

-- CreateEnum
CREATE TYPE "channel" AS ENUM ('email', 'sms');

-- CreateEnum
CREATE TYPE "consent_state" AS ENUM ('pending', 'granted', 'refused', 'withdrawn');

-- CreateEnum
CREATE TYPE "field_type" AS ENUM ('text', 'number', 'boolean', 'date', 'datetime', 'choice', 'choices', 'url');

-- CreateEnum
CREATE TYPE "tracking_consent" AS ENUM ('unknown', 'granted', 'refused', 'withdrawn');

-- CreateEnum
CREATE TYPE "event_source" AS ENUM ('human', 'machine', 'unknown');

-- CreateEnum
CREATE TYPE "work_status" AS ENUM ('awaiting_file', 'queued', 'running', 'completed', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "sender_domain_status" AS ENUM ('pending', 'verified', 'failed');

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "account_status" NOT NULL DEFAULT 'trial',
    "locale" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "legal" JSONB NOT NULL DEFAULT '{}',
    "dpo" JSONB NOT NULL DEFAULT '{}',
    "security" JSONB NOT NULL DEFAULT '{}',
    "retention" JSONB NOT NULL DEFAULT '{}',
    "terms_version" TEXT NOT NULL,
    "terms_accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "terms_address" TEXT,
    "daily_quota" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "first_name" TEXT NOT NULL,
    "last_name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "password_hash" TEXT,
    "status" "user_status" NOT NULL DEFAULT 'active',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "session" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "refresh_hash" BYTEA NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "role" TEXT,
    "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "allowed_ips" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "credential_index" (
    "lookup" BYTEA NOT NULL,
    "kind" "credential_kind" NOT NULL,
    "account_id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,

    CONSTRAINT "credential_index_pkey" PRIMARY KEY ("lookup")
);

-- CreateTable
CREATE TABLE "platform_key" (
    "id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "platform_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'success',
    "address" TEXT,
    "request_id" TEXT,
    "changed" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("account_id","id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "campaign" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "channel" "channel" NOT NULL,
    "status" "campaign_status" NOT NULL DEFAULT 'draft',
    "purpose_id" UUID NOT NULL,
    "segment_id" UUID,
    "sender_id" UUID NOT NULL,
    "template_id" UUID,
    "content" JSONB,
    "snapshot" JSONB,
    "track_opens" BOOLEAN NOT NULL DEFAULT false,
    "track_clicks" BOOLEAN NOT NULL DEFAULT false,
    "throttle" INTEGER,
    "scheduled_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "freeze_cursor" UUID,
    "frozen_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "erased_counts" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "campaign_list" (
    "account_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,

    CONSTRAINT "campaign_list_pkey" PRIMARY KEY ("account_id","campaign_id","list_id")
);

-- CreateTable
CREATE TABLE "message" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "campaign_id" UUID,
    "contact_id" UUID,
    "channel" "channel" NOT NULL,
    "state" "message_state" NOT NULL,
    "reason" TEXT,
    "tracking_mode" "tracking_mode",
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "claimed_until" TIMESTAMPTZ(3),
    "claimed_by" UUID,
    "smtp_code" INTEGER,
    "enhanced_code" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "state_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("account_id","id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "purpose" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "legal_basis" "legal_basis" NOT NULL,
    "assessment" TEXT,
    "eprivacy_ground" "eprivacy_ground" NOT NULL,
    "channels" "channel"[] DEFAULT ARRAY[]::"channel"[],
    "retention" TEXT NOT NULL,
    "double_opt_in" BOOLEAN NOT NULL DEFAULT false,
    "policy_text" TEXT NOT NULL,
    "policy_version" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "purpose_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "consent" (
    "account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "purpose_id" UUID NOT NULL,
    "channel" "channel" NOT NULL,
    "state" "consent_state" NOT NULL,
    "event_id" UUID NOT NULL,
    "event_hash" BYTEA NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("account_id","contact_id","purpose_id","channel")
);

-- CreateTable
CREATE TABLE "consent_event" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "purpose_key" TEXT NOT NULL,
    "channel" "channel" NOT NULL,
    "state" "consent_state" NOT NULL,
    "source" TEXT NOT NULL,
    "collected_at" TIMESTAMPTZ(3) NOT NULL,
    "text" TEXT,
    "text_version" TEXT,
    "ip" TEXT,
    "url" TEXT,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "sequence" INTEGER NOT NULL,
    "previous_hash" BYTEA,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "consent_event_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "suppression" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel" "channel" NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "value" TEXT,
    "reason" TEXT NOT NULL,
    "purpose_key" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "field" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "type" "field_type" NOT NULL,
    "choices" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "special_category" BOOLEAN NOT NULL DEFAULT false,
    "purpose_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "field_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "contact" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "external_id" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "locale" TEXT,
    "timezone" TEXT,
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "origin_source" TEXT NOT NULL,
    "origin_detail" TEXT,
    "origin_collected_at" TIMESTAMPTZ(3),
    "tracking" "tracking_consent" NOT NULL DEFAULT 'unknown',
    "tracking_changed_at" TIMESTAMPTZ(3),
    "restricted_at" TIMESTAMPTZ(3),
    "objections" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "undeliverable_at" TIMESTAMPTZ(3),
    "last_sent_at" TIMESTAMPTZ(3),
    "last_opened_at" TIMESTAMPTZ(3),
    "last_clicked_at" TIMESTAMPTZ(3),
    "last_engaged_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "list" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "list_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "list_member" (
    "account_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "list_member_pkey" PRIMARY KEY ("account_id","list_id","contact_id")
);

-- CreateTable
CREATE TABLE "event" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "contact_id" UUID,
    "message_id" UUID,
    "campaign_id" UUID,
    "link" INTEGER,
    "source" "event_source" NOT NULL,
    "reasons" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("account_id","id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "event_inbox" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "contact_id" UUID,
    "message_id" UUID,
    "campaign_id" UUID,
    "link" INTEGER,
    "hints" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_inbox_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "import" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "status" "work_status" NOT NULL DEFAULT 'awaiting_file',
    "format" TEXT NOT NULL,
    "columns" JSONB NOT NULL,
    "delimiter" TEXT,
    "encoding" TEXT,
    "on_conflict" TEXT NOT NULL,
    "dry_run" BOOLEAN NOT NULL DEFAULT false,
    "origin" JSONB NOT NULL,
    "consents" JSONB NOT NULL DEFAULT '[]',
    "lists" UUID[] DEFAULT ARRAY[]::UUID[],
    "file_key" TEXT,
    "file_bytes" BIGINT,
    "file_gzip" BOOLEAN NOT NULL DEFAULT false,
    "staged_rows" INTEGER NOT NULL DEFAULT 0,
    "staged_at" TIMESTAMPTZ(3),
    "merged_rows" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE UNLOGGED TABLE "import_row" (
    "account_id" UUID NOT NULL,
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "contact_id" UUID NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "external_id" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "import_row_pkey" PRIMARY KEY ("account_id","import_id","line")
);

-- CreateTable
CREATE TABLE "import_error" (
    "account_id" UUID NOT NULL,
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "row" TEXT NOT NULL,

    CONSTRAINT "import_error_pkey" PRIMARY KEY ("account_id","import_id","line")
);

-- CreateTable
CREATE TABLE "outbox" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "run_at" TIMESTAMPTZ(3) NOT NULL,
    "armed_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "requests" INTEGER NOT NULL DEFAULT 1,
    "dedupe_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "schedule" (
    "name" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "erasure" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "status" "work_status" NOT NULL DEFAULT 'queued',
    "reason" TEXT NOT NULL,
    "contact_id" UUID,
    "deleted" JSONB NOT NULL DEFAULT '{}',
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasure_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "erased_fingerprint" (
    "account_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erased_fingerprint_pkey" PRIMARY KEY ("account_id","kind","fingerprint")
);

-- CreateTable
CREATE TABLE "segment" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "rule" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "segment_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "template" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "channel" "channel" NOT NULL,
    "subject" TEXT NOT NULL,
    "mjml" TEXT,
    "html" TEXT,
    "text" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "template_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "sender_domain" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "status" "sender_domain_status" NOT NULL DEFAULT 'pending',
    "verified_by" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "dkim_selector" TEXT NOT NULL,
    "dkim_public_key" TEXT NOT NULL,
    "dkim_private_key" BYTEA NOT NULL,
    "checks" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sender_domain_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "sender" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "reply_to" TEXT,
    "sender_domain_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sender_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_account_id_email_key" ON "user"("account_id", "email");

-- CreateIndex
CREATE INDEX "session_account_id_user_id_idx" ON "session"("account_id", "user_id");

-- CreateIndex
CREATE INDEX "credential_index_account_id_subject_id_idx" ON "credential_index"("account_id", "subject_id");

-- CreateIndex
CREATE INDEX "message_account_id_campaign_id_state_next_attempt_at_idx" ON "message"("account_id", "campaign_id", "state", "next_attempt_at");

-- CreateIndex
CREATE INDEX "message_account_id_contact_id_idx" ON "message"("account_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "purpose_account_id_key_key" ON "purpose"("account_id", "key");

-- CreateIndex
CREATE INDEX "consent_account_id_purpose_id_channel_state_idx" ON "consent"("account_id", "purpose_id", "channel", "state");

-- CreateIndex
CREATE UNIQUE INDEX "consent_event_account_id_contact_id_sequence_key" ON "consent_event"("account_id", "contact_id", "sequence");

-- CreateIndex
CREATE INDEX "suppression_account_id_value_idx" ON "suppression"("account_id", "value");

-- CreateIndex
CREATE UNIQUE INDEX "suppression_account_id_channel_fingerprint_purpose_key_key" ON "suppression"("account_id", "channel", "fingerprint", "purpose_key");

-- CreateIndex
CREATE UNIQUE INDEX "field_account_id_key_key" ON "field"("account_id", "key");

-- CreateIndex
CREATE INDEX "contact_account_id_phone_idx" ON "contact"("account_id", "phone");

-- CreateIndex
CREATE INDEX "contact_account_id_updated_at_idx" ON "contact"("account_id", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "contact_account_id_email_key" ON "contact"("account_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "contact_account_id_external_id_key" ON "contact"("account_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "list_account_id_name_key" ON "list"("account_id", "name");

-- CreateIndex
CREATE INDEX "list_member_account_id_contact_id_idx" ON "list_member"("account_id", "contact_id");

-- CreateIndex
CREATE INDEX "event_account_id_contact_id_idx" ON "event"("account_id", "contact_id");

-- CreateIndex
CREATE INDEX "event_account_id_campaign_id_type_idx" ON "event"("account_id", "campaign_id", "type");

-- CreateIndex
CREATE INDEX "outbox_run_at_idx" ON "outbox"("run_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_account_id_name_dedupe_key_key" ON "outbox"("account_id", "name", "dedupe_key");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "segment_account_id_name_key" ON "segment"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "template_account_id_name_key" ON "template"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "sender_domain_account_id_domain_key" ON "sender_domain"("account_id", "domain");

-- CreateIndex
CREATE UNIQUE INDEX "sender_account_id_email_key" ON "sender"("account_id", "email");

-- AddForeignKey
ALTER TABLE "user" ADD CONSTRAINT "user_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_user_id_fkey" FOREIGN KEY ("account_id", "user_id") REFERENCES "user"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_account_id_purpose_id_fkey" FOREIGN KEY ("account_id", "purpose_id") REFERENCES "purpose"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_account_id_segment_id_fkey" FOREIGN KEY ("account_id", "segment_id") REFERENCES "segment"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_account_id_sender_id_fkey" FOREIGN KEY ("account_id", "sender_id") REFERENCES "sender"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_account_id_template_id_fkey" FOREIGN KEY ("account_id", "template_id") REFERENCES "template"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "campaign_list" ADD CONSTRAINT "campaign_list_account_id_campaign_id_fkey" FOREIGN KEY ("account_id", "campaign_id") REFERENCES "campaign"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_list" ADD CONSTRAINT "campaign_list_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "list"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_account_id_campaign_id_fkey" FOREIGN KEY ("account_id", "campaign_id") REFERENCES "campaign"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contact"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "purpose" ADD CONSTRAINT "purpose_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contact"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_account_id_purpose_id_fkey" FOREIGN KEY ("account_id", "purpose_id") REFERENCES "purpose"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent_event" ADD CONSTRAINT "consent_event_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contact"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suppression" ADD CONSTRAINT "suppression_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "field" ADD CONSTRAINT "field_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "field" ADD CONSTRAINT "field_account_id_purpose_id_fkey" FOREIGN KEY ("account_id", "purpose_id") REFERENCES "purpose"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "list" ADD CONSTRAINT "list_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "list_member" ADD CONSTRAINT "list_member_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "list"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "list_member" ADD CONSTRAINT "list_member_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contact"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import" ADD CONSTRAINT "import_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_row" ADD CONSTRAINT "import_row_account_id_import_id_fkey" FOREIGN KEY ("account_id", "import_id") REFERENCES "import"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_error" ADD CONSTRAINT "import_error_account_id_import_id_fkey" FOREIGN KEY ("account_id", "import_id") REFERENCES "import"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "erasure" ADD CONSTRAINT "erasure_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "segment" ADD CONSTRAINT "segment_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template" ADD CONSTRAINT "template_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sender_domain" ADD CONSTRAINT "sender_domain_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sender" ADD CONSTRAINT "sender_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sender" ADD CONSTRAINT "sender_account_id_sender_domain_id_fkey" FOREIGN KEY ("account_id", "sender_domain_id") REFERENCES "sender_domain"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- By hand from here -----------------------------------------------------------------------------------------------

-- The smallest UUIDv7 of an instant (RFC 9562, section 5.7): 48 bits of milliseconds, then zeros.
create function envoi_uuid_floor(instant timestamptz) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid;

-- Makes the monthly partitions of the high-volume tables, from the month of an instant to some months later.
create function envoi_ensure_partitions(instant timestamptz, months integer) returns integer
language plpgsql as $$
declare
  parent text;
  month_start timestamp;
  partition text;
  made integer := 0;
begin
  foreach parent in array array['message', 'event', 'audit_event'] loop
    for ahead in 0..months loop
      month_start := date_trunc('month', instant at time zone 'UTC') + make_interval(months => ahead);
      partition := parent || to_char(month_start, '_YYYY_MM');
      if to_regclass(partition) is null then
        execute format(
          'create table %I partition of %I for values from (%L) to (%L)',
          partition, parent,
          envoi_uuid_floor(month_start at time zone 'UTC'),
          envoi_uuid_floor((month_start + interval '1 month') at time zone 'UTC')
        );
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end
$$;

-- The net under the partitions made ahead.
create table message_default partition of message default;
create table event_default partition of event default;
create table audit_event_default partition of audit_event default;
select envoi_ensure_partitions(now(), 3);
