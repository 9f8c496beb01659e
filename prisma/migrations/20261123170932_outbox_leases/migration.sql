-- DropIndex
DROP INDEX "outbox_run_at_idx";

-- AlterTable
ALTER TABLE "outbox" DROP COLUMN "requests",
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ALTER COLUMN "run_at" DROP NOT NULL;

-- By hand from here -----------------------------------------------------------------------------------------------

-- A job is due at coalesce(lease_until, run_at). What waits for its time and what the queue holds are found by one
-- index each, so that a long backlog in the queue costs nothing to those who look for new work.
create index outbox_due_idx on outbox (coalesce(lease_until, run_at)) where armed_at is null;
create index outbox_armed_idx on outbox (armed_at) where armed_at is not null;
