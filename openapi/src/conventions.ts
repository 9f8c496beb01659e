/** What holds for every operation: the first page of the reference. */
export const conventions = `Contacts, consents, campaigns and the rights of persons, through one API.

**Authentication.** \`Authorization: Bearer …\` with an API key (\`envoi_live_…\`, or \`envoi_test_…\` of test mode), an OAuth token\nmade from one, or the access token of a session. Without it, 401; without
the permission that an operation names, 403. What belongs to another account answers 404, as what never existed does.

**Formats.** JSON in camelCase, UTF-8. Times are RFC 3339 in UTC, durations ISO 8601 (\`P3Y\`), languages BCP 47, telephone numbers E.164, ids
UUIDv7. Properties that an operation does not know are refused, not ignored.

**Errors.** Problems of RFC 9457 (\`application/problem+json\`). \`code\` is for programs, \`type\` opens a page with the way out, \`errors\` points at
each field at fault, and \`instance\` is the \`X-Request-Id\` that every answer carries.

**Lists.** \`limit\` from 1 to 200, 50 unless said. \`nextCursor\`, given back as \`cursor\`, is the next page, and so is \`Link: rel="next"\`; null on
the last one. A cursor is bound to the account and the query that it came from.

**Creation and long work.** 201 and 202 say in \`Location\` where the resource, or the progress of the work, can be read.

**Turns.** An account has eight requests at work at once in a process; others wait for up to five seconds for their turn. Expensive operations, which
have an \`x-cost\`, take turns of their own: two at work at once for an account, up to 20 that wait, for up to ten seconds. Beyond, 429, and 503 when it is
others that keep the process busy, both with \`Retry-After\`. A read that would take longer than 40 seconds is given up, and cancelled when its client goes.

**Changes.** PATCH takes a merge patch (RFC 7396; also as plain \`application/json\`): what is left out stays, null clears. With the \`ETag\` of what
was read as \`If-Match\`, a change is refused (412) when another came before; operations that do not list \`If-Match\` refuse it.

**Repeating a request.** A POST with an \`Idempotency-Key\` may be sent again: for 24 hours the same key and payload get the stored answer, be it a
success or a problem, with \`Idempotent-Replayed: true\`; another payload gets 422, and 409 with \`Retry-After\` while the first is under way. A key
belongs to the user or API key that sends it (to the key also after its rotation), and the answer to who may as much as then. Secrets that are shown
once, such as an API key, are not stored, nor is what is said of somebody who has been erased since: then 409 \`idempotency_answer_withheld\` says that
the request was done. Operations that give tokens do not heed the header. An answer that is given again is in the audit log.

**Limits.** 6,000 requests a minute for credentials, 300 for an address that sends none; \`RateLimit\` and \`RateLimit-Policy\` say what is left, and
429 comes with \`Retry-After\`. Templates that take long to compile or to render wait for each other within an account; when too many wait, or others
would have to, 429 says so. A network counts as one address, which for IPv6 is a /64. A body has at most 1 MiB, unless the operation says otherwise in
\`x-body-limit\` (bytes), and at most 64 levels of nesting. \`Authorization\` has at most 2,048 characters, \`Content-Type\` 256, \`Origin\` 512, \`Host\` 260;
a longer one is refused with 400. Other headers are cut, \`User-Agent\` at 512 characters and \`Accept-Language\` at 256.

**Caching.** Every answer of an operation says \`Cache-Control: no-store\`: it may hold personal data or a token. This document and the public
keys (\`/.well-known/jwks.json\`) may be kept.`
