/** Something to know before sending, with the rule behind it and the way out. */
export interface Finding {
  /** An error stops the campaign from being sent. */
  severity: 'error' | 'warning' | 'info'
  code: string
  rule: string
  detail: string
  fix: string
  /** Where in the campaign. */
  pointer: string
  /** The rule is one of law, for which the platform answers as a processor (GDPR art. 28(3)). */
  isLaw?: true
}
