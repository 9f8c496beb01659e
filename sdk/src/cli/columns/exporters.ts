/** Programs whose exports are known by their headers, and what their columns are here. */
export interface Exporter {
  /** As in “columns of …”. */
  name: string
  /** Headers that all of its exports have, and hardly anybody else's. */
  signature: string[]
  columns: Record<string, Target>
  /** By what a person has said: the columns that are evidence of it, as parts of a consent by email. */
  evidence?: Partial<Record<ConsentState, Record<string, 'collectedAt' | 'ip'>>>
  /** Headers of exports of people who may not be written to, and who they are. */
  left?: Record<string, string>
}

export type ConsentState = 'granted' | 'withdrawn' | 'refused'
type Target = 'email' | 'phone' | 'externalId' | 'firstName' | 'lastName'

export const exporters: Exporter[] = [
  {
    name: "Mailchimp's audience export",
    signature: ['MEMBER_RATING', 'OPTIN_TIME', 'LEID', 'EUID'],
    columns: {
      'Email Address': 'email',
      Email: 'email',
      'First Name': 'firstName',
      'Last Name': 'lastName',
      'Phone Number': 'phone',
      Phone: 'phone',
    },
    evidence: {
      // CONFIRM_TIME is no proof: it is also set for people whom somebody has imported, and is then the time of that
      granted: { OPTIN_TIME: 'collectedAt', OPTIN_IP: 'ip' },
      withdrawn: { UNSUB_TIME: 'collectedAt' },
    },
    left: { UNSUB_TIME: 'who have unsubscribed', CLEAN_TIME: 'whose address bounced' },
  },
  {
    name: "Brevo's contact export",
    signature: ['EMAIL', 'ADDED_TIME', 'MODIFIED_TIME'],
    columns: {
      EMAIL: 'email',
      SMS: 'phone',
      EXT_ID: 'externalId',
      FIRSTNAME: 'firstName',
      PRENOM: 'firstName',
      LASTNAME: 'lastName',
      NOM: 'lastName',
    },
  },
  {
    name: "HubSpot's contact export",
    signature: ['Record ID', 'Email', 'First Name', 'Last Name'],
    columns: {
      Email: 'email',
      'First Name': 'firstName',
      'Last Name': 'lastName',
      'Mobile Phone Number': 'phone',
      'Phone Number': 'phone',
    },
  },
]
