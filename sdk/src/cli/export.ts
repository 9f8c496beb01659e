import { chmod, writeFile } from 'node:fs/promises'
import { command } from './command.ts'
import { connect } from './connect.ts'
import { UsageError } from './failures.ts'
import { contactArgument, contactOptions, findContact } from './find-contact.ts'

export const exportContact = command({
  name: 'export',
  summary: 'Export everything held about a contact (GDPR art. 15 and 20)',
  about: ['The export is on record in the audit log.'],
  examples: ['export ada@example.com --output ada.json', 'export --external-id crm-4711 --format csv'],
  arguments: { contact: contactArgument },
  options: {
    ...contactOptions,
    format: {
      type: 'string',
      choices: ['json', 'csv'],
      describe: 'json unless said, or the name of the file ends in .csv',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'file',
      describe: 'a file that only you can read, in place of stdout',
    },
  },
  async run(context, args, options) {
    const { console, signal } = context
    const { output } = options
    const format = options.format ?? (output?.endsWith('.csv') ? 'csv' : 'json')
    if (console.json && output === undefined && format === 'csv')
      throw new UsageError('--json and --format csv cannot both have stdout: give --output')
    const { envoi } = await connect(context)
    const { id } = await findContact(envoi, args.contact, options['external-id'], signal)
    const data = await envoi.contacts.export(id, { format }, { signal })
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    if (output === undefined) {
      console.text(text.endsWith('\n') ? text : `${text}\n`)
      return undefined
    }
    await writeFile(output, text, { mode: 0o600 })
    // a file that was there keeps its own
    if (process.platform !== 'win32') await chmod(output, 0o600)
    console.result({ contactId: id, file: output, format }, [`All that is held about ${id} is in ${output}.`])
    return undefined
  },
})
