-- The consent ledger: append-only and chained by hash.

-- AlterTable
ALTER TABLE "contact" ADD COLUMN     "rights_event_hash" BYTEA,
ADD COLUMN     "rights_event_id" UUID;

-- AlterTable
ALTER TABLE "consent_event" ALTER COLUMN "channel" DROP NOT NULL;

-- By hand from here -----------------------------------------------------------------------------------------------

-- A UUIDv7 (RFC 9562, section 5.7) for a line written by a set-based statement: 48 bits of milliseconds, then the line's
-- place in its chain in the 12 bits that may hold a counter (section 6.2, method 1), then chance. Ids of one contact's
-- lines therefore sort as the chain does.
create function envoi_ledger_id(instant timestamptz, sequence integer) returns uuid
language sql volatile parallel safe
return encode(
  substring(int8send(round(date_part('epoch', instant) * 1000)::bigint) from 3)
  || substring(int4send(28672 | (sequence & 4095)) from 3)
  || set_bit(set_bit(substring(uuid_send(gen_random_uuid()) from 9), 7, 1), 6, 0),
  'hex')::uuid;

-- THE definition of a ledger line's hash: SHA-256 over the UTF-8 bytes of its fields, separated by commas in this order;
-- times in milliseconds since 1970, what is null left empty. Free texts stand together at the end, after their lengths
-- in bytes: no text can pass for another field, and a null differs from an empty text.
-- STABLE rather than IMMUTABLE: `concat` is stable, and a function that claims more than its body is not inlined
-- (6 µs a line inlined, 17 µs as a call, 86 µs with one helper call per field).
create function envoi_consent_hash(
  previous_hash bytea, account_id uuid, contact_id uuid, id uuid, sequence integer,
  purpose_key text, channel channel, state consent_state, source text, collected_at timestamptz,
  wording text, text_version text, ip text, url text,
  actor_type text, actor_id uuid, recorded_at timestamptz
) returns bytea
language sql stable parallel safe
return sha256(convert_to(concat(
  encode(previous_hash, 'hex'), ',', account_id, ',', contact_id, ',', id, ',', sequence, ',',
  channel, ',', state, ',',
  round(date_part('epoch', collected_at) * 1000)::bigint, ',', round(date_part('epoch', recorded_at) * 1000)::bigint, ',',
  actor_id, ',',
  octet_length(purpose_key), ',', octet_length(source), ',', octet_length(wording), ',', octet_length(text_version), ',',
  octet_length(ip), ',', octet_length(url), ',', octet_length(actor_type), ',',
  purpose_key, source, wording, text_version, ip, url, actor_type
), 'UTF8'));

-- Append-only: a line is never changed, and goes only with the whole person, in a transaction that says so by
-- `set local envoi.erasing = 'on'` (GDPR art. 17). Who can drop triggers can still write here: the chain tells.
create function envoi_refuse_ledger_change() returns trigger
language plpgsql as $$
begin
  raise exception 'the consent ledger is append-only: % refused', lower(tg_op)
    using errcode = 'restrict_violation',
      hint = 'Only an erasure deletes lines, all of a contact: set local envoi.erasing = ''on''.';
end
$$;

create trigger consent_event_unchanged before update on consent_event
for each row execute function envoi_refuse_ledger_change();

create trigger consent_event_kept before delete on consent_event
for each row when (current_setting('envoi.erasing', true) is distinct from 'on')
execute function envoi_refuse_ledger_change();

create trigger consent_event_not_truncated before truncate on consent_event
for each statement execute function envoi_refuse_ledger_change();
