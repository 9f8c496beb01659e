import { Tokenizer } from 'htmlparser2'
import { ContentError, positionAt } from './content-error.ts'

/**
 * MJML's own parser accepts what is not closed and drops what it does not know; an author wants to be told. Checks that MJML tags
 * are balanced, with line and column, and refuses `mj-include`, which would read files. `markup` must have the same line breaks and
 * offsets as the source (Liquid blanked out, not masked).
 */
export function checkMjml(markup: string): void {
  const open: { name: string; offset: number }[] = []
  let current = { name: '', offset: 0 }
  const fail = (message: string, offset: number): never => {
    throw new ContentError('mjml', message, positionAt(markup, offset))
  }
  const nameAt = (start: number, end: number) => markup.slice(start, end).toLowerCase()
  const isMjml = (name: string) => name === 'mjml' || name.startsWith('mj-')

  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        current = { name: nameAt(start, end), offset: start - 1 }
        if (current.name === 'mj-include')
          fail('mj-include is not available: put the content in place', start - 1)
      },
      onopentagend() {
        if (isMjml(current.name)) open.push(current)
      },
      onclosetag(start, end) {
        const name = nameAt(start, end)
        if (!isMjml(name)) return
        if (!open.some((tag) => tag.name === name)) fail(`</${name}> closes nothing`, start - 2)
        const opened = open.pop()
        if (opened && opened.name !== name) fail(`<${opened.name}> is not closed`, opened.offset)
      },
      onselfclosingtag() {},
      onattribdata() {},
      onattribentity() {},
      onattribend() {},
      onattribname() {},
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      ontext() {},
      ontextentity() {},
      onend() {},
    },
  )
  tokenizer.write(markup)
  tokenizer.end()
  const last = open.pop()
  if (last) fail(`<${last.name}> is not closed`, last.offset)
}
