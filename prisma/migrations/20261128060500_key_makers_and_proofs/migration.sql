-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "created_by" UUID,
ADD COLUMN     "created_with" UUID,
ADD COLUMN     "rotated_by" UUID;

-- AlterTable
ALTER TABLE "credential_index" ADD COLUMN     "shown_to" UUID;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "proven_at" TIMESTAMPTZ(3);

-- by hand from here on: what was proven and who made which key, as far as it is known

update session set proven_at = created_at;
alter table session alter column proven_at set not null;

update api_key k
set created_by = e.actor_id
from audit_event e
where e.account_id = k.account_id and e.target_type = 'api_key' and e.target_id = k.id::text
  and e.action = 'apiKeys.create' and e.actor_type = 'user' and e.outcome = 'success';

update api_key k
set created_by = maker.created_by, created_with = maker.id
from audit_event e
join api_key maker on maker.account_id = e.account_id and maker.id = e.actor_id
where e.account_id = k.account_id and e.target_type = 'api_key' and e.target_id = k.id::text
  and e.action = 'apiKeys.create' and e.actor_type = 'api_key' and e.outcome = 'success';

update api_key k
set rotated_by = last.actor_id
from (
  select distinct on (e.account_id, e.target_id) e.account_id, e.target_id, e.actor_id
  from audit_event e
  where e.target_type = 'api_key' and e.action = 'apiKeys.rotate' and e.actor_type = 'user' and e.outcome = 'success'
  order by e.account_id, e.target_id, e.at desc, e.id desc
) last
where last.account_id = k.account_id and last.target_id = k.id::text;

-- earlier values are within their overlap of a month at most: nobody is known to know them
update credential_index i
set shown_to = coalesce(k.rotated_by, k.created_by)
from api_key k
where k.account_id = i.account_id and k.id = i.subject_id and i.kind = 'api_key' and i.ends_at is null;
