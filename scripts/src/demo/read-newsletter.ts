import { readFile } from 'node:fs/promises'

const folder = new URL('../../../demo/', import.meta.url)
const read = (name: string) => readFile(new URL(name, folder), 'utf8')

export interface Newsletter {
  mjml: string
  text: string
}

/** The newsletter with its drawings inside: a demo has no place on the web to show them from. */
export async function readNewsletter(): Promise<Newsletter> {
  let mjml = await read('newsletter.mjml')
  for (const [, name = ''] of mjml.matchAll(/src="(images\/[\w-]+\.svg)"/g)) {
    const image = Buffer.from(await read(name)).toString('base64')
    mjml = mjml.replace(`src="${name}"`, `src="data:image/svg+xml;base64,${image}"`)
  }
  return { mjml, text: await read('newsletter.txt') }
}
