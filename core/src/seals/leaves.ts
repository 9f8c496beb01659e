/** What a seal holds of each entry of its log: the id and a hash of the content, so that what is wrong can be named. */
export interface Leaf {
  id: string
  hash: Buffer
}

const idBytes = 16
const leafBytes = idBytes + 32

export const packId = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

export const unpackId = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

export const packLeaves = (leaves: readonly Leaf[]): Buffer =>
  Buffer.concat(leaves.flatMap(({ id, hash }) => [packId(id), hash]))

export function unpackLeaves(packed: Uint8Array): Leaf[] {
  const bytes = Buffer.from(packed)
  return Array.from({ length: Math.floor(bytes.length / leafBytes) }, (_, index) => {
    const start = index * leafBytes
    return {
      id: unpackId(bytes.subarray(start, start + idBytes)),
      hash: bytes.subarray(start + idBytes, start + leafBytes),
    }
  })
}

export type Difference = { id: string; is: 'changed' | 'missing' | 'inserted' }

/** What is stored, compared with what was sealed: both in the order of their ids. */
export function differences(sealed: readonly Leaf[], stored: readonly Leaf[]): Difference[] {
  const found: Difference[] = []
  let [a, b] = [0, 0]
  for (;;) {
    const [was, is] = [sealed[a], stored[b]]
    if (was === undefined && is === undefined) return found
    if (is !== undefined && (was === undefined || is.id < was.id)) {
      found.push({ id: is.id, is: 'inserted' })
      b += 1
    } else if (was !== undefined && (is === undefined || was.id < is.id)) {
      found.push({ id: was.id, is: 'missing' })
      a += 1
    } else {
      if (was !== undefined && is !== undefined && !was.hash.equals(is.hash))
        found.push({ id: was.id, is: 'changed' })
      a += 1
      b += 1
    }
  }
}
