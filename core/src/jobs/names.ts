import type { AccessJobs } from '../access/jobs.ts'
import type { AccountClosureJobs } from '../account-closure/jobs.ts'
import type { AuditJobs } from '../audit/jobs.ts'
import type { CampaignJobs } from '../campaigns/jobs.ts'
import type { ConsentJobs } from '../consents/jobs.ts'
import type { ContactJobs } from '../contacts/jobs.ts'
import type { EventJobs } from '../events/jobs.ts'
import type { IdempotencyJobs } from '../idempotency/jobs.ts'
import type { ImportJobs } from '../imports/jobs.ts'
import type { IntegrityJobs } from '../integrity/jobs.ts'
import type { PasswordJobs } from '../passwords/jobs.ts'
import type { PlatformJobs } from '../platform/jobs.ts'
import type { RecordJobs } from '../records/jobs.ts'
import type { UserJobs } from '../users/jobs.ts'

/** Every job by its name, with what it is given. Each feature declares its own in `<feature>/jobs.ts`. */
export interface JobPayloads
  extends AccessJobs,
    AccountClosureJobs,
    AuditJobs,
    CampaignJobs,
    ConsentJobs,
    ContactJobs,
    EventJobs,
    IdempotencyJobs,
    ImportJobs,
    IntegrityJobs,
    PasswordJobs,
    PlatformJobs,
    RecordJobs,
    UserJobs {}

export type JobName = keyof JobPayloads
