-- AlterTable
ALTER TABLE "campaign" ADD COLUMN     "track_as" "tracking_mode" NOT NULL DEFAULT 'individual';

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "first_attempt_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "allowance" (
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "allowance_pkey" PRIMARY KEY ("account_id","name")
);


-- The id of a campaign's message to a contact: a UUIDv7 of the instant the campaign started, its other bits taken from
-- SHA-256 of both ids. The same contact in the same campaign is the same primary key, in the same partition: that is how
-- "one message per contact and campaign" is held (docs/decisions/0006-derived-message-ids.md). 72 bits of the digest stay
-- (the version and the variant each take a digit): among the messages of one millisecond, a million of them, two share an
-- id with a probability of 1e-10.
create function envoi_message_id(started_at timestamptz, campaign_id uuid, contact_id uuid) returns uuid
language sql immutable strict parallel safe
return overlay(
  overlay(
    left(
      left(replace(envoi_uuid_floor(started_at)::text, '-', ''), 12)
        || encode(sha256(uuid_send(campaign_id) || uuid_send(contact_id)), 'hex'),
      32
    ) placing '7' from 13
  ) placing '8' from 17
)::uuid;
