import type { Options } from './command.ts'

/** What a file is, where its data comes from, and what becomes of it. */
export const importOptions = {
  origin: {
    type: 'string',
    value: 'source',
    describe: 'where the data was collected (GDPR art. 14(2)(f)); required',
  },
  'origin-detail': { type: 'string', value: 'text', describe: 'more about it, as an address of a page' },
  'origin-collected-at': { type: 'string', value: 'date', describe: 'when it was collected' },
  column: {
    type: 'string',
    multiple: true,
    value: 'header=target',
    describe: 'what a column becomes: email, phone, externalId, firstName, attributes.country, ignore …',
  },
  'ignore-others': { type: 'boolean', describe: 'columns that no --column names are left out' },
  consent: {
    type: 'string',
    multiple: true,
    value: 'purpose:channel[=state]',
    describe: 'a consent of everybody in the file: granted, unless withdrawn or refused is said',
  },
  'evidence-source': { type: 'string', value: 'text', describe: 'where the consents were given' },
  'evidence-collected-at': { type: 'string', value: 'date', describe: 'when, unless a column says it' },
  'evidence-text': { type: 'string', value: 'text', describe: 'the words that people agreed to' },
  'evidence-text-version': { type: 'string', value: 'text', describe: 'the version of these words' },
  'evidence-ip': { type: 'string', value: 'address', describe: 'the address they acted from' },
  'evidence-url': { type: 'string', value: 'address', describe: 'the page they acted on' },
  list: {
    type: 'string',
    multiple: true,
    value: 'id or name',
    describe: 'a list that they become members of',
  },
  'on-conflict': {
    type: 'string',
    choices: ['update', 'skip'],
    describe: 'what to do with contacts that exist; update unless said',
  },
  format: { type: 'string', choices: ['csv', 'ndjson'], describe: 'by the name of the file unless said' },
  delimiter: {
    type: 'string',
    value: 'character',
    describe: 'of CSV, `tab` for a tabulator; guessed unless said',
  },
  encoding: { type: 'string', value: 'name', describe: 'as windows-1252; detected unless said' },
  'dry-run': { type: 'boolean', describe: 'reads, checks and counts, and changes nothing' },
  rejected: { type: 'string', value: 'file', describe: 'writes the rejected rows there, as CSV' },
  resume: { type: 'string', value: 'import', describe: 'goes on with an import that has begun' },
  cancel: { type: 'string', value: 'import', describe: 'stops an import' },
} as const satisfies Options
