/** How a hand-off ended. Codes only: the server's text is never kept. */
export type Outcome = Sent | Deferred | Failed | Unknown | Sunk

/** It was of test mode, and no server has got it. */
export interface Sunk {
  kind: 'sink'
  code: null
  enhancedCode: null
}

/** The server took responsibility for the message. */
export interface Sent {
  kind: 'sent'
  code: number
  enhancedCode: string | null
}

/** The server certainly does not have the message: it may be tried again later. */
export interface Deferred {
  kind: 'deferred'
  /** Null when the server gave no answer. */
  code: number | null
  enhancedCode: string | null
  reason: DeferredReason
}

/** The server refused the message for good. */
export interface Failed {
  kind: 'failed'
  code: number
  enhancedCode: string | null
  /**
   * `hard`: the address does not work and must not be tried again. `policy`: the server does not want this message or
   * this sender (x.7.x), which says nothing about the address. `other`: neither (size, content, full mailbox…).
   */
  bounce: 'hard' | 'policy' | 'other'
  reason: FailedReason
}

/**
 * The connection was lost after the final dot may have left and before an answer came: the server may have the message
 * (RFC 5321 section 4.2.5, RFC 1047). To send it again is to risk sending it twice, so nobody does.
 */
export interface Unknown {
  kind: 'unknown'
  code: number | null
  enhancedCode: string | null
  reason: UnknownReason
}

/** Why the connection to the server could not be had, or was lost. */
export type ConnectionReason =
  | 'auth_failed'
  | 'connect_timeout'
  | 'connection_lost'
  | 'connection_refused'
  | 'dns_failed'
  | 'greeting_timeout'
  | 'host_unreachable'
  | 'pool_closed'
  | 'protocol_error'
  | 'reply_timeout'
  | 'service_unavailable'
  | 'session_refused'
  | 'tls_failed'

export type DeferredReason =
  | ConnectionReason
  | 'temporarily_refused'
  | 'mailbox_full'
  | 'policy_deferred'
  | 'routing_deferred'
  | 'system_deferred'
  | 'transfer_timeout'

export type FailedReason =
  | 'address_invalid'
  | 'content_rejected'
  | 'domain_unknown'
  | 'mailbox_disabled'
  | 'mailbox_full'
  | 'mailbox_unavailable'
  | 'mailbox_unknown'
  | 'message_rejected'
  | 'message_too_large'
  | 'policy_rejected'
  | 'routing_failed'
  | 'sender_rejected'

export type UnknownReason =
  | 'connection_lost_after_data'
  | 'reply_timeout_after_data'
  | 'protocol_error_after_data'
