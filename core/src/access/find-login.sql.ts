import type { RequestContext } from '../context.ts'

export interface FoundLogin {
  accountId: string
  userId: string
  email: string
  passwordHash: string | null
  status: 'invited' | 'active' | 'deactivated'
  security: { allowedIps?: string[]; notifyLogins?: boolean; requireTotp?: boolean }
  /** Whether the user has to set up a second factor before anything else, whatever the account requires. */
  secondFactorDue: boolean
  /** Whether the user has shown that the address is theirs. */
  isProven: boolean
  /** Whether the user has logged in from this network not long ago; never said of who has proven nothing. */
  isFamiliar: boolean
}

// one statement, whether or not there is somebody: the number of round trips must not tell. The proven login comes first
const findByLookup = {
  name: 'find-login',
  text: `
    select
      u.account_id as "accountId", u.id as "userId", u.email, u.password_hash as "passwordHash", u.status::text, a.security,
      u.second_factor_due as "secondFactorDue",
      i.lookup = $1 as "isProven",
      i.lookup = $1 and exists (
        select from session s
        where s.account_id = u.account_id and s.user_id = u.id and s.network = $2 and s.created_at > $3
      ) as "isFamiliar"
    from credential_index i
    join "user" u on u.account_id = i.account_id and u.id = i.subject_id
    join account a on a.id = u.account_id
    where i.lookup in ($1, $4) and i.kind = 'login'
    order by i.lookup = $1 desc`,
}

/** How long a network or a device is remembered as a user's own. */
export const familiarMs = 90 * 86_400_000

/** Who may log in with an address: who has proven that it is theirs, and who has opened an account with it and not yet. */
export async function findLogins(
  { pool, clock }: RequestContext,
  { proven, unproven }: { proven: Uint8Array; unproven: Uint8Array },
  network: string | null,
): Promise<FoundLogin[]> {
  const since = new Date(clock.now().getTime() - familiarMs)
  const { rows } = await pool.query<FoundLogin>({
    ...findByLookup,
    values: [proven, network, since, unproven],
  })
  return rows
}
