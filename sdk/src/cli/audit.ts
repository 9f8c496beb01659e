import { command } from './command.ts'
import { connect } from './connect.ts'
import { pairs } from './console/table.ts'
import { listOptions } from './options.ts'
import { printList, wanted } from './print-list.ts'

export const list = command({
  name: 'audit list',
  summary: 'List who did what, newest first',
  examples: ['audit list --action contacts.delete --limit 10', 'audit list --all --json'],
  options: {
    action: { type: 'string', value: 'name', describe: 'only what was done so, as contacts.update' },
    target: { type: 'string', value: 'id', describe: 'only what was done to this' },
    ...listOptions,
  },
  async run(context, _, { action, target, ...options }) {
    const { envoi } = await connect(context)
    const { items, query } = wanted(options)
    const events = envoi.auditEvents.list({ ...query, action, targetId: target }, { signal: context.signal })
    return printList(context.console, events, items, {
      headers: ['at', 'actor', 'action', 'outcome', 'target', 'from', 'changed'],
      row: (event) => [
        event.at,
        event.actor.id === null ? event.actor.type : `${event.actor.type} ${event.actor.id}`,
        event.action,
        event.outcome,
        event.target === null ? null : `${event.target.type} ${event.target.id}`,
        event.address,
        event.changed.join(' ') || null,
      ],
    })
  },
})

export const verify = command({
  name: 'audit verify',
  summary: 'Verify that nothing in the audit log was changed, removed or put in',
  about: [
    'The exit code says it: 0 when all of it holds, 1 when it does not. Note `head` down elsewhere: it is the same later.',
  ],
  async run(context) {
    const { envoi } = await connect(context)
    const integrity = await envoi.auditEvents.integrity({ signal: context.signal })
    const { firstBreak, events, seals, unsealed, head, sealedAt } = integrity
    const verdict =
      firstBreak === null
        ? 'The audit log holds.'
        : `The audit log does not hold: ${firstBreak.problem}, seal ${firstBreak.seal}${
            firstBreak.eventId === null ? '' : `, event ${firstBreak.eventId}`
          }.`
    context.console.result(integrity, [
      verdict,
      ...pairs({
        'events that hold': events,
        seals,
        'not sealed yet': unsealed,
        head,
        'sealed at': sealedAt,
      }),
    ])
    return firstBreak === null ? 0 : 1
  },
})
