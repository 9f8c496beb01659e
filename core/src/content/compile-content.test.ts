import { describe, expect, test } from 'vitest'
import { type CompileOptions, type ContentSource, compileContent } from './compile-content.ts'
import { compileMjml } from './compile-mjml.ts'
import { ContentError } from './content-error.ts'

const compile = (source: Partial<ContentSource>, options: CompileOptions = {}) =>
  compileContent({ subject: 'Hello', ...source }, { compileMjml, ...options })
const unsubscribe = '<a href="{{ unsubscribeUrl }}">Unsubscribe</a>'
const failure = async (source: Partial<ContentSource>) => {
  const error = await compile(source).catch((thrown: unknown) => thrown)
  if (!(error instanceof ContentError)) throw new Error(`expected a ContentError, got ${String(error)}`)
  return { part: error.part, line: error.line, column: error.column, message: error.message }
}
const mjml = (body: string) =>
  `<mjml>\n<mj-body>\n<mj-section><mj-column>\n${body}\n</mj-column></mj-section>\n</mj-body>\n</mjml>`

describe('an error points into the source as written', () => {
  test.each([
    ['subject', { subject: 'Hi {{ contact.firstName', html: unsubscribe }, 1, 4],
    ['html', { html: '<p>\n  {% if contact.email %}\n</p>' }, 2, 3],
    ['html', { html: '<p>\n\n {{ contact.email | shout }}</p>' }, 3, 2],
    ['html', { html: '<p>{% wat %}</p>' }, 1, 4],
    ['text', { text: 'a\nb {% endif %}' }, 2, 3],
    ['mjml', { mjml: mjml('<mj-text>{% if x %}</mj-text>') }, 4, 10],
    ['mjml', { mjml: '<mjml>\n<mj-body>\n <mj-section>\n</mj-body>\n</mjml>' }, 3, 2],
    ['mjml', { mjml: '<mjml>\n<mj-body></mj-section></mj-body></mjml>' }, 2, 10],
    ['mjml', { mjml: '<mjml><mj-body>' }, 1, 7],
    ['mjml', { mjml: mjml('{% for i in data.items %}<mj-text>a</mj-text>{% endfor %}') }, 4, 1],
  ] as const)('%s %o', async (part, source, line, column) => {
    expect(await failure(source)).toMatchObject({ part, line, column })
  })

  test('what is no MJML at all is refused', async () => {
    expect(await failure({ mjml: '<p>hello</p>' })).toMatchObject({ part: 'mjml' })
    expect(await failure({ mjml: 'hello' })).toMatchObject({ part: 'mjml' })
  })

  test('a content needs one body, not two', async () => {
    expect(await failure({})).toMatchObject({ part: 'text' })
    expect(await failure({ mjml: mjml(''), html: unsubscribe })).toMatchObject({ part: 'mjml' })
  })

  test('a link whose address holds half a Liquid block is refused, not broken', async () => {
    const html = `<a href="{% if contact.email %}https://a.example" class="x{% endif %}">a</a>${unsubscribe}`
    expect(await failure({ html })).toMatchObject({
      part: 'html',
      message: expect.stringContaining('complete Liquid'),
    })
  })
})

describe('warnings', () => {
  const codes = async (source: Partial<ContentSource>, options?: CompileOptions) =>
    (await compile(source, options)).warnings.map(({ code }) => code)

  test('there are none for a proper content', async () => {
    expect(await codes({ html: `<p>Hi {{ contact.firstName }}</p>${unsubscribe}` })).toEqual([])
    expect(await codes({ mjml: mjml(`<mj-text>Hi {{ data.any.thing }} ${unsubscribe}</mj-text>`) })).toEqual(
      [],
    )
    expect(await codes({ text: 'Hi, {{ unsubscribeUrl }}' })).toEqual([])
  })

  test('a missing unsubscribe link', async () => {
    expect(await codes({ html: '<p>Hi</p>' })).toEqual(['unsubscribe_link_missing'])
    expect(await codes({ text: 'Hi' })).toEqual(['unsubscribe_link_missing'])
  })

  test('an unknown variable, with its place', async () => {
    const { warnings } = await compile({
      html: `<p>\n{{ contact.fristName }}{{ contct.email }}</p>${unsubscribe}`,
    })
    expect(warnings).toMatchObject([
      {
        code: 'unknown_variable',
        part: 'html',
        line: 2,
        column: 4,
        message: expect.stringContaining('contact.fristName'),
      },
      {
        code: 'unknown_variable',
        part: 'html',
        line: 2,
        column: 27,
        message: expect.stringContaining('contct.email'),
      },
    ])
  })

  test('variables a template makes itself are known', async () => {
    const html = `{% assign a = 1 %}{{ a }}{% for item in data.items %}{{ item.name }}{{ forloop.index }}{% endfor %}${unsubscribe}`
    expect(await codes({ html })).toEqual([])
  })

  test('an attribute that is no declared field, when the fields are known', async () => {
    const html = `{{ contact.attributes.city }}{{ contact.attributes.ctiy }}${unsubscribe}`
    expect(await codes({ html }, { fields: ['city'] })).toEqual(['unknown_variable'])
    expect(await codes({ html })).toEqual([])
  })

  test('MJML that breaks its rules', async () => {
    const { warnings } = await compile({ mjml: mjml(`<mj-text colour="red">${unsubscribe}</mj-text>`) })
    expect(warnings).toMatchObject([
      { code: 'mjml_invalid', line: 4, message: expect.stringContaining('colour') },
    ])
  })

  test('HTML that Gmail will clip', async () => {
    expect(await codes({ html: `<p>${'é'.repeat(53 * 1024)}</p>${unsubscribe}` })).toEqual([
      'size_over_clipping_limit',
    ])
    expect(await codes({ html: `<p>${'e'.repeat(100 * 1024)}</p>${unsubscribe}` })).toEqual([])
  })
})

describe('MJML', () => {
  test('becomes responsive HTML, its Liquid untouched', async () => {
    const button = `<mj-button href="https://shop.example/?a=1&amp;n={{ contact.firstName | default: "you" }}">Go</mj-button>`
    const { htmlSource, links } = await compile({
      mjml: mjml(`<mj-text>{% if data.n < 3 %}few{% else %}many{% endif %}</mj-text>${button}`),
    })
    expect(htmlSource).toContain('@media only screen')
    expect(htmlSource).toContain('{% if data.n < 3 %}few{% else %}many{% endif %}')
    expect(htmlSource).toContain(
      'href="https://shop.example/?a=1&amp;n={{ contact.firstName | default: "you" }}"',
    )
    expect(links).toHaveLength(1)
  })

  test('loads no font from a third party unless it is asked for', async () => {
    expect((await compile({ mjml: mjml('<mj-text>Hello</mj-text>') })).htmlSource).not.toContain(
      'fonts.googleapis',
    )
  })
})
