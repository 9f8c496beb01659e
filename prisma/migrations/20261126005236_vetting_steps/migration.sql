-- CreateEnum
CREATE TYPE "verification_kind" AS ENUM ('owner_email', 'company', 'sender_domain', 'operator_review');

-- CreateEnum
CREATE TYPE "verification_status" AS ENUM ('pending', 'passed', 'waived', 'refused');

-- CreateTable
CREATE TABLE "verification_change" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "verification_kind" NOT NULL,
    "number" INTEGER NOT NULL,
    "before" "verification_status" NOT NULL,
    "status" "verification_status" NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_change_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "verification_change_account_id_kind_number_key" ON "verification_change"("account_id", "kind", "number");

-- AddForeignKey
ALTER TABLE "verification_change" ADD CONSTRAINT "verification_change_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: the steps of accounts that are there already, as far as they were taken. Companies have no country yet: that step is open.
insert into verification_change (account_id, id, kind, number, before, status, actor_type, at)
select a.id, gen_random_uuid(), taken.kind, 1, 'pending', taken.status, 'system', now()
from account a
cross join lateral (
  select 'owner_email'::verification_kind as kind, 'passed'::verification_status as status
  where exists (
    select from "user" u
    where u.account_id = a.id and u.role = 'owner' and u.status = 'active' and u.email_verified_at is not null
  )
  union all
  select 'sender_domain', 'passed'
  where exists (select from sender_domain d where d.account_id = a.id and d.status = 'verified')
  union all
  select 'operator_review', 'passed' where a.status = 'active' or a.status_before = 'active'
  union all
  select 'operator_review', 'refused' where a.status = 'refused'
) as taken;
