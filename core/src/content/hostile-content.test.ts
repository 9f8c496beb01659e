import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { longestBlock } from '../testing/processor-time.ts'
import { createTokenKeys } from '../tracking/token.ts'
import { type ContentSource, compileContent } from './compile-content.ts'
import { compileMjml } from './compile-mjml.ts'
import { ContentError, RenderTimeoutError } from './content-error.ts'
import { createContentThreads } from './content-threads.ts'
import { LIMITS } from './limits.ts'
import { createLiquid } from './liquid.ts'
import { renderContent } from './render-content.ts'
import { inspectContent, renderForOne } from './run-content.ts'

const tokens = createTokenKeys(1, [[1, Buffer.alloc(32, 7)]])
const contents = createContentThreads({ tokens })
const runner = { contents, accountId: 'one', requestId: 'r' }
afterAll(() => contents.close())

const own = {
  unsubscribeUrl: 'https://u.example',
  preferencesUrl: 'https://p.example',
  viewUrl: 'https://v.example',
}
const scope = { contact: { firstName: 'Ada' }, account: {}, ...own }
const compile = (source: Partial<ContentSource>) => inspectContent(runner, { subject: 'x', ...source })
const renderText = async (text: string, data: object = {}) => {
  const recipient = { scope: { ...scope, data }, tracking: { mode: 'off' } as const }
  return (await renderForOne(runner, { subject: 'x', text }, recipient)).text
}
/** Without a thread: what is given is not copied. */
const renderHere = async (text: string, data: object) =>
  renderContent(await compileContent({ subject: 'x', text }), { ...scope, data }, { mode: 'off' }).text

describe('templates that reach for files', () => {
  test.each(['include', 'render', 'layout', 'block'])('the tag %s does not exist', async (tag) => {
    for (const name of ['"package.json"', '"/etc/passwd"', '"../package.json"', 'data.name']) {
      await expect(compile({ text: `{% ${tag} ${name} %}` })).rejects.toThrow(`tag "${tag}" not found`)
    }
  })

  test('mj-include is refused, with its line', async () => {
    for (const include of [
      '<mj-include path="/etc/passwd" type="html" />',
      '<MJ-INCLUDE path="a.mjml"></MJ-INCLUDE>',
    ]) {
      const mjml = `<mjml>\n<mj-body>${include}</mj-body></mjml>`
      await expect(compile({ mjml })).rejects.toMatchObject({ part: 'mjml', line: 2, column: 10 })
    }
  })

  test('MJML itself reads no file, even one beside it', async () => {
    const folder = await mkdtemp('hostile-')
    try {
      await writeFile(`${folder}/secret.html`, 'TOP SECRET')
      await writeFile(`${folder}/secret.mjml`, '<mj-text>TOP SECRET</mj-text>')
      const path = relative('.', folder)
      const { html } = await compileMjml(
        `<mjml><mj-head><mj-include path="${path}/secret.html" type="css" /></mj-head><mj-body><mj-include path="${path}/secret.html" type="html" />
         <mj-section><mj-column><mj-include path="${path}/secret.mjml" /><mj-text>here</mj-text></mj-column></mj-section></mj-body></mjml>`,
      )
      expect(html).toContain('here')
      expect(html).not.toContain('TOP SECRET')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('templates that reach for the program', () => {
  test('prototypes and constructors are invisible', async () => {
    const text = `[{{ contact.constructor }}{{ contact.__proto__ }}{{ contact["constructor"]["constructor"] }}{{ "a".constructor.name }}{{ toString }}{{ hasOwnProperty }}{{ data.list | map: "constructor" }}{{ data.list | map: "__proto__" | compact | size | minus: data.n }}{{ contact.firstName.constructor }}{{ data.list.constructor }}]`
    expect(await renderText(text, { list: [{ a: 1 }], n: 0 })).toBe('[0]')
  })

  test("what is not the data's own is invisible, and functions are not found", async () => {
    class Secret {
      get key() {
        return 'leaked'
      }
      read() {
        return 'leaked'
      }
    }
    expect(await renderHere('[{{ data.secret.key }}{{ data.secret.read }}]', { secret: new Secret() })).toBe(
      '[]',
    )
  })

  test('our own tags cannot be written by authors, and their state cannot be read', async () => {
    await expect(compile({ html: '{% envoi_link 0 %}x{% endenvoi_link %}' })).rejects.toThrow('not found')
    await expect(compile({ html: '{% envoi_open %}' })).rejects.toThrow('not found')
    expect(await renderText('[{{ envoi }}{{ envoi.tracking.mode }}]')).toBe('[]')
  })

  test('data that looks like Liquid is not run', async () => {
    expect(await renderText('{{ data.x }}', { x: '{{ contact.firstName }}{% include "x" %}' })).toBe(
      '{{ contact.firstName }}{% include "x" %}',
    )
  })

  test('data that looks like our masks is data', async () => {
    expect(await renderText('{{ data.x }}', { x: '\uFDD00\uFDD1' })).toBe('\uFDD00\uFDD1')
    await expect(compile({ html: '<p>\uFDD00\uFDD1{{ contact.email }}</p>' })).rejects.toThrow('noncharacter')
  })
})

const doubled = (step: string) => `{% assign s = "xxxxxxxxxx" %}${step.repeat(60)}{{ s }}`
const nested = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times)
const mjmlBody = (body: string) => `<mjml><mj-body>${body}</mj-body></mjml>`

/** What takes seconds on a busy machine is ended before it is measured. */
const LIMIT = /limit exceeded|too large|takes too long/
const bombs: [string, Partial<ContentSource>, RegExp][] = [
  ['an endless loop', { text: '{% for i in (1..100000000) %}x{% endfor %}' }, LIMIT],
  [
    'an endless loop in the subject',
    { subject: '{% for i in (1..100000000) %}x{% endfor %}', text: 'x' },
    LIMIT,
  ],
  ['loops in loops', { text: nested('{% for i in (1..1000) %}', '{% endfor %}', 5) }, LIMIT],
  [
    'a loop with a large body',
    { text: `{% for i in (1..100000) %}${'y'.repeat(200_000)}{% endfor %}` },
    LIMIT,
  ],
  ['a table of a million rows', { html: '{% tablerow i in (1..100000000) %}x{% endtablerow %}' }, LIMIT],
  ['doubling by append', { text: doubled('{% assign s = s | append: s %}') }, LIMIT],
  ['doubling by capture', { text: doubled('{% capture s %}{{ s }}{{ s }}{% endcapture %}') }, LIMIT],
  [
    'doubling by replace',
    { text: doubled('{% assign s = s | replace: "x", "xxxxxxxxxxxxxxxxxxxx" %}') },
    LIMIT,
  ],
  ['a padded date', { text: '{{ "now" | date: "%999999999Y" }}' }, LIMIT],
  ['deep nesting', { text: nested('{% if true %}', '{% endif %}', 101) }, /nested deeper than 100/],
  ['deeper nesting', { text: nested('{% if true %}', '{% endif %}', 10_000) }, /nested deeper than 100/],
  ['more outputs than anyone needs', { text: '{{a}}'.repeat(40_000) }, /more than 1500/],
  [
    'a condition of thousands of terms',
    { text: `{% if a${' and a'.repeat(30_000)} %}{% endif %}` },
    /too long/,
  ],
  ['thousands of filters', { text: `{{ a ${'| upcase'.repeat(20_000)} }}` }, /too long/],
  ['a liquid tag of thousands of lines', { text: `{% liquid\n${'echo a\n'.repeat(20_000)}%}` }, /too long/],
  ['very long outputs', { text: `{{ ${'a'.repeat(1_000)} }}`.repeat(100) }, /more than 65536/],
  ['unclosed outputs', { text: '{{ "'.repeat(50_000) }, /not closed/],
  ['an oversized subject', { subject: 'x'.repeat(LIMITS.source.subject + 1), text: 'x' }, /longer than/],
  ['oversized MJML', { mjml: 'x'.repeat(LIMITS.source.mjml + 1) }, /longer than/],
  ['oversized HTML', { html: 'x'.repeat(LIMITS.source.html + 1) }, /longer than/],
  ['oversized text', { text: 'x'.repeat(LIMITS.source.text + 1) }, /longer than/],
  [
    'MJML that grows too large',
    { mjml: mjmlBody('<mj-section><mj-column /></mj-section>'.repeat(900)) },
    LIMIT,
  ],
  [
    'MJML nested too deep',
    { mjml: mjmlBody(nested('<mj-wrapper>', '</mj-wrapper>', 9_000)) },
    /nested deeper/,
  ],
  ['deeply nested HTML', { html: nested('<div>', '</div>', 20_000) }, /nested deeper/],
  ['deeply nested links', { html: '<a href="https://x.example">'.repeat(9_000) }, /nested deeper/],
  ['deeply nested tables', { html: '<table><tr><td>'.repeat(16_000) }, /nested deeper/],
  ['thousands of links', { html: '<a href="https://x.example/">a</a>'.repeat(7_000) }, /more than 500 links/],
]

const heavy: [string, Partial<ContentSource>][] = [
  ['as many nested tags as allowed', { html: nested('<div>', '</div>', LIMITS.htmlDepth).repeat(180) }],
  ['unclosed tags', { html: '<a href="'.repeat(29_000) }],
  ['unclosed comments', { html: '<!--'.repeat(60_000) }],
  ['nothing but spaces', { html: `<p>${' \n'.repeat(120_000)}</p>` }],
  ['nothing but entities', { html: '&amp'.repeat(60_000) }],
  ['one long word', { html: `<p>${'a'.repeat(250_000)}</p>` }],
  ['paragraphs that nobody closes', { html: '<p>a'.repeat(60_000) }],
  ['deep property access', { text: `{{ a${nested('[a', ']', 3_000)} }}` }],
  ['outputs after much text', { text: 'x'.repeat(250_000) + '{{ a }}'.repeat(LIMITS.liquidTokens) }],
  ['long outputs', { text: `{{ ${'a'.repeat(36)} }}`.repeat(LIMITS.liquidTokens) }],
  [
    'as many links with Liquid as allowed',
    {
      html: `${'<a href="https://x.example/{{ contact.id }}">a</a>'.repeat(LIMITS.links)}${'{{ a }}'.repeat(LIMITS.liquidTokens - LIMITS.links)}`,
    },
  ],
  [
    'as many nested blocks as allowed',
    { text: nested('{% if true %}', '{% endif %}', LIMITS.liquidDepth).repeat(7) },
  ],
]

describe('templates that never end', () => {
  test.each(bombs)('are refused, quickly: %s', async (_, source, reason) => {
    let refused: unknown
    const blocked = await longestBlock(async () => {
      refused = await compile(source).catch((error: unknown) => error)
    })
    expect(refused).toBeInstanceOf(ContentError)
    expect(String(refused)).toMatch(reason)
    expect(blocked).toBeLessThan(250)
  })

  test.each(heavy)('hold nobody up when they are accepted: %s', async (_, source) => {
    const blocked = await longestBlock(async () => {
      // on a machine that is busy with others its time may be over
      await compile(source).catch((error: unknown) => expect(error).toBeInstanceOf(RenderTimeoutError))
    })
    expect(blocked).toBeLessThan(250)
  })

  test('data that makes a template explode stops that message only', async () => {
    const text =
      '{% for a in data.list %}{% for b in data.list %}{% for c in data.list %}{{ a }}{% endfor %}{% endfor %}{% endfor %}'
    const list = Array.from({ length: 2_000 }, (_, i) => i)
    await expect(renderText(text, { list })).rejects.toThrow(ContentError)
    expect(await renderText(text, { list: [7] })).toBe('7')
  })

  test('no filter takes long over hostile text', async () => {
    const texts = [
      `${' '.repeat(100_000)}x`,
      '<'.repeat(100_000),
      '\n \n'.repeat(30_000),
      'a&'.repeat(50_000),
    ]
    for (const filter of Object.keys(createLiquid('text').filters)) {
      for (const v of texts) {
        const start = performance.now()
        await renderText(`{{ data.v | ${filter}: data.v, data.v }}`, { v }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Error)
        })
        expect({ filter, slow: performance.now() - start > 1_000 }).toEqual({ filter, slow: false })
      }
    }
  })
})

describe('MJML that takes too long', () => {
  // Its regular expressions look for spaces between conditional comments: quadratic in their number.
  const slow = `<mjml><mj-body><mj-raw>${`<![endif]-->${' '.repeat(4_000)}`.repeat(60)}</mj-raw></mj-body></mjml>`

  test('is given up after the time limit, without holding up the process, and the next one is compiled', async () => {
    const impatient = createContentThreads({ tokens, timeLimitMs: 1 })
    const compileSoon = (mjml: string) =>
      inspectContent({ ...runner, contents: impatient }, { subject: 'x', mjml })
    let threads = 0
    const count = () => threads++
    process.on('worker', count)
    try {
      const blocked = await longestBlock(() => expect(compileSoon(slow)).rejects.toThrow('takes too long'))
      expect(blocked).toBeLessThan(500)
      // whatever a millisecond is enough for: the next one has a thread of its own
      await compileSoon('<mjml></mjml>').catch(() => undefined)
      expect(threads).toBe(2)
    } finally {
      process.off('worker', count)
      await impatient.close()
    }
    const results = await Promise.allSettled([
      compile({ mjml: 'nonsense' }),
      compile({ mjml: '<mjml><mj-body><mj-section></mj-section></mj-body></mjml>' }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})
