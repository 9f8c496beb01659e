/** The names of a file's columns. The server reads the file itself, and has the last word on all of this. */

const delimiters = [',', ';', '\t', '|']

/** The names in the first line of a CSV file, by the delimiter that makes most of them unless it is given. */
export function csvHeader(sample: string, delimiter?: string): string[] {
  const separator = /^sep=(.)\r?\n/i.exec(sample)
  const text = sample.slice(separator?.[0].length ?? 0).replace(/^[\r\n]+/, '')
  const known = delimiter ?? separator?.[1]
  const headers = (known === undefined ? delimiters : [known]).map((one) => firstRecord(text, one))
  const widest = headers.reduce((best, one) => (one.length > best.length ? one : best), [])
  return widest.map((name) => name.trim().normalize('NFC'))
}

/** The keys of the first object of an NDJSON file. */
export function ndjsonHeader(sample: string): string[] {
  const line = sample.split('\n').find((one) => one.trim() !== '') ?? ''
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

/** RFC 4180: a quoted cell may hold the delimiter, ends of lines, and quotes written twice. */
function firstRecord(text: string, delimiter: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted && character === '"' && text[at + 1] === '"') cell += text[at++]
    else if (character === '"' && (quoted || cell === '')) quoted = !quoted
    else if (quoted) cell += character
    else if (character === '\n' || character === '\r') break
    else if (character === delimiter) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  return [...cells, cell]
}
