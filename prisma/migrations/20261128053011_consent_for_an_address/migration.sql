-- A consent goes with the address that it was given for.

-- AlterEnum
ALTER TYPE "consent_state" ADD VALUE 'lapsed';

-- AlterTable
ALTER TABLE "consent" ADD COLUMN     "address_mark" BYTEA;

-- AlterTable
ALTER TABLE "consent_event" ADD COLUMN     "address_mark" BYTEA;

-- By hand from here -----------------------------------------------------------------------------------------------

-- What tells whether an address is the one that a consent was given for: 64 bits of a hash, with the contact's id, so that
-- marks of two contacts say nothing of each other. In SQL, because whole files are compared by one statement. STABLE, as
-- `convert_to` is: else the body is not inlined.
create function envoi_address_mark(contact_id uuid, address text) returns bytea
language sql stable parallel safe
return substring(sha256(convert_to(contact_id::text || ' ' || address, 'UTF8')) from 1 for 8);

-- The hash of a ledger line covers the mark. Lines of before have none, and keep the hash that they had.
drop function envoi_consent_hash(
  bytea, uuid, uuid, uuid, integer, text, channel, consent_state, text, timestamptz, text, text, text, text, text, uuid, timestamptz
);
create function envoi_consent_hash(
  previous_hash bytea, account_id uuid, contact_id uuid, id uuid, sequence integer,
  purpose_key text, channel channel, state consent_state, source text, collected_at timestamptz,
  wording text, text_version text, ip text, url text,
  actor_type text, actor_id uuid, recorded_at timestamptz, address_mark bytea default null
) returns bytea
language sql stable parallel safe
return sha256(convert_to(concat(
  encode(previous_hash, 'hex'), ',', account_id, ',', contact_id, ',', id, ',', sequence, ',',
  channel, ',', state, ',',
  round(date_part('epoch', collected_at) * 1000)::bigint, ',', round(date_part('epoch', recorded_at) * 1000)::bigint, ',',
  actor_id, ',', '@' || encode(address_mark, 'hex') || ',',
  octet_length(purpose_key), ',', octet_length(source), ',', octet_length(wording), ',', octet_length(text_version), ',',
  octet_length(ip), ',', octet_length(url), ',', octet_length(actor_type), ',',
  purpose_key, source, wording, text_version, ip, url, actor_type
), 'UTF8'));

-- Of what was agreed to before, the ledger does not say for which address. It is taken to be the one that the contact has,
-- unless the log tells that it was changed afterwards: such a yes has no mark, and permits nothing from now on.
update consent
set address_mark = envoi_address_mark(
  contact.id, case consent.channel when 'email' then contact.email when 'sms' then contact.phone end
)
from contact
where contact.account_id = consent.account_id and contact.id = consent.contact_id
  and not exists (
    select from audit_event
    where audit_event.account_id = consent.account_id and audit_event.target_type = 'contact'
      and audit_event.target_id = consent.contact_id::text and audit_event.at > consent.changed_at
      and (case consent.channel when 'email' then 'email' when 'sms' then 'phone' end) = any(audit_event.changed)
  );
