import { describe, expect, test } from 'vitest'
import { type CompileOptions, type ContentSource, compileContent } from './compile-content.ts'
import { compileMjml } from './compile-mjml.ts'
import { type ContentScope, renderContent } from './render-content.ts'
import type { Tracking } from './tracking-tags.ts'

const own = {
  unsubscribeUrl: 'https://news.example/u/U',
  preferencesUrl: 'https://news.example/p/P',
  viewUrl: 'https://news.example/view/V',
}
const ada = { firstName: 'Ada', externalId: 'a&b', attributes: { city: 'Orléans' } }
const scope: ContentScope = {
  contact: ada,
  account: { name: 'Envoi & Co' },
  campaign: { id: 'c1', name: 'Spring' },
  data: { items: [{ url: 'https://x.example/1' }, { url: 'https://x.example/2' }] },
  ...own,
}
const off: Tracking = { mode: 'off' }
const openUrl = 'https://news.example/o/O.gif'
const clickUrl = (index: number, target: string) => `https://news.example/c/${index}?${target}`
const individual: Tracking = { mode: 'individual', clickUrl, openUrl }
const aggregate: Tracking = { mode: 'aggregate', clickUrl, openUrl }

async function render(
  source: Partial<ContentSource>,
  tracking: Tracking = off,
  values: Partial<ContentScope> = {},
  options: CompileOptions = {},
) {
  const compiled = await compileContent({ subject: 'Hello', ...source }, { compileMjml, ...options })
  return renderContent(compiled, { ...scope, ...values }, tracking)
}

describe('merging', () => {
  test('values are escaped in HTML and nowhere else', async () => {
    const contact = { firstName: `<b>"Ada" & Bob's</b>` }
    const source = {
      subject: '{{ contact.firstName }}',
      html: '<p>{{ contact.firstName }}</p>',
      text: '{{ contact.firstName }}',
    }
    expect(await render(source, off, { contact })).toEqual({
      subject: contact.firstName,
      html: '<p>&lt;b&gt;&#34;Ada&#34; &amp; Bob&#39;s&lt;/b&gt;</p>',
      text: contact.firstName,
    })
  })

  test('raw is raw, and escape does not escape twice', async () => {
    const html = '<p>{{ account.name | raw }} {{ account.name | escape }} {{ account.name }}</p>'
    expect((await render({ html })).html).toBe('<p>Envoi & Co Envoi &amp; Co Envoi &amp; Co</p>')
  })

  test('a subject is one line whatever the data holds', async () => {
    const contact = { firstName: 'Ada\r\nBcc: victim@example.org\u2028\u0000x' }
    expect(
      (await render({ subject: ' Hi {{ contact.firstName }}\n', text: 'x' }, off, { contact })).subject,
    ).toBe('Hi Ada Bcc: victim@example.org x')
  })

  test('what a contact does not have is empty', async () => {
    expect((await render({ text: '[{{ contact.phone }}{{ contact.attributes.none.at.all }}]' })).text).toBe(
      '[]',
    )
  })

  test('one message leaves nothing for the next', async () => {
    const compiled = await compileContent({
      subject: '{% increment n %}',
      text: '{% assign m = contact.firstName %}{{ m }}',
    })
    expect(renderContent(compiled, scope, off)).toMatchObject({ subject: '0', text: 'Ada' })
    expect(renderContent(compiled, { ...scope, contact: {} }, off)).toMatchObject({ subject: '0', text: '' })
  })
})

describe('plain text', () => {
  test('is derived from the HTML and merged for each recipient', async () => {
    const html = `<html><head><title>t</title><style>p{}</style></head><body><h1>Hello {{ contact.firstName | default: "<you>" }}</h1>
      {% if contact.attributes.city == "Orléans" %}<p>Near &amp; dear, {{ account.name }}</p>{% endif %}
      <ul>{% for item in data.items %}<li>{{ item.url }}</li>{% endfor %}</ul>
      <a href="https://shop.example/?a=1&amp;b={{ contact.externalId | default: "z" }}">Shop</a> <img src="https://x.example/i.png" alt="x"></body></html>`
    const { text } = await render({ html }, individual)
    expect(text).toContain('Hello Ada')
    expect(text).toContain('Near & dear, Envoi & Co')
    expect(text).toContain('* https://x.example/2')
    expect(text).toContain('Shop <https://shop.example/?a=1&b=a&b>')
    expect(text).not.toMatch(/p\{\}|i\.png|news\.example/)
  })

  test('knows what was assigned where text shows nothing', async () => {
    const html =
      '<html><head>{% assign name = contact.firstName %}</head><body><p>{{ name }}</p></body></html>'
    expect((await render({ html })).text).toBe('Ada')
  })

  test('is the given one when there is one', async () => {
    expect((await render({ html: '<p>a</p>', text: 'b' })).text).toBe('b')
  })
})

describe('with tracking off', () => {
  test('there is no pixel and no rewritten link: every byte is as written', async () => {
    const html = `<!DOCTYPE html><HTML><Body>
      <a href="https://a.example/?x=1&amp;y=2&z='3'">a</a> <a href='HTTP://b.example' >b</a><a href=https://c.example>c</a>
      <area href="https://d.example"/><a HREF=" https://e.example/é ">e</a>{% raw %}<a href="https://f.example/{{ x }}">f</a>{% endraw %}
      </Body></HTML>`
    const expected = html.replace('{% raw %}', '').replace('{% endraw %}', '')
    expect((await render({ html })).html).toBe(expected)
  })

  test('a tracked content without its URLs is the same content', async () => {
    const html = '<body><a href="https://a.example/?id={{ campaign.id }}">a</a></body>'
    expect(await render({ html }, { mode: 'individual' })).toEqual(await render({ html }, off))
  })
})

describe('with tracking on', () => {
  const hrefs = (html: string | null) =>
    [...(html ?? '').matchAll(/href=(?:"([^"]*)"|'([^']*)'|([^\s>]*))/g)].map(
      (match) => match[1] ?? match[2] ?? match[3],
    )

  test('each link becomes its click URL, numbered by place, with the target a browser would go to', async () => {
    const html = `<a href="https://a.example/?x=1&amp;y=2">a</a><a href='http://b.example'>b</a><a href=https://c.example>c</a>`
    expect(hrefs((await render({ html }, individual)).html)).toEqual([
      'https://news.example/c/0?https://a.example/?x=1&amp;y=2',
      'https://news.example/c/1?http://b.example/',
      'https://news.example/c/2?https://c.example/',
    ])
  })

  test('the pixel stands before the end of the body, or at the end', async () => {
    const pixel = '<img src="https://news.example/o/O.gif" alt="" width="1" height="1"'
    expect((await render({ html: '<body><p>a</p></body></html>' }, aggregate)).html).toMatch(
      new RegExp(`<p>a</p>${pixel}[^>]*></body></html>$`),
    )
    expect((await render({ html: '<p>a</p>' }, aggregate)).html).toMatch(
      new RegExp(`<p>a</p>${pixel}[^>]*>$`),
    )
    expect((await render({ html: '<p>a</p>' }, { mode: 'individual', clickUrl })).html).toBe('<p>a</p>')
  })

  test("Envoi's own links, other schemes, anchors and links marked off stay as written", async () => {
    const html = `<a href="{{ unsubscribeUrl }}">u</a><a href="{{ preferencesUrl }}?x">p</a><a href="{{ viewUrl }}">v</a>
      <a href="mailto:a@b.example">m</a><a href="tel:+33">t</a><a href="#top">h</a><a href="/x">r</a>
      <a data-envoi-track="off" href="https://a.example">1</a><a href="https://b.example" data-envoi-track='OFF'>2</a>
      <img src="https://c.example/x.png"><!-- <a href="https://d.example">d</a> -->`
    const tracked = await render({ html }, { ...individual, openUrl: undefined })
    expect(tracked.html).toBe((await render({ html }, off)).html)
  })

  test('an own link hidden behind data is not tracked either', async () => {
    const html = '<a href="{{ data.link }}">u</a>'
    const { html: rendered } = await render({ html }, individual, { data: { link: own.unsubscribeUrl } })
    expect(hrefs(rendered)).toEqual([own.unsubscribeUrl])
  })

  test('targets may hold Liquid, also in loops and conditions', async () => {
    const html = `<a href="https://x.example/?id={{ contact.externalId }}&amp;s=1">a</a>
      {% for item in data.items %}<a href="{{ item.url }}">i</a>{% endfor %}
      <a href="{% if contact.firstName == "Ada" %}https://ada.example{% else %}https://else.example{% endif %}">c</a>`
    expect(hrefs((await render({ html }, individual)).html)).toEqual([
      'https://news.example/c/0?https://x.example/?id=a&amp;b&amp;s=1',
      'https://news.example/c/1?https://x.example/1',
      'https://news.example/c/1?https://x.example/2',
      'https://news.example/c/2?https://ada.example/',
    ])
  })

  test('in aggregate, only addresses that are the same for everybody are rewritten', async () => {
    const html = `<a href="https://x.example/">a</a><a href="https://x.example/{{ campaign.id }}">b</a>
      <a href="https://x.example/?id={{ contact.externalId }}">c</a>
      {% for item in data.items limit:1 %}<a href="{{ item.url }}">d</a>{% endfor %}`
    expect(hrefs((await render({ html }, aggregate)).html)).toEqual([
      'https://news.example/c/0?https://x.example/',
      'https://news.example/c/1?https://x.example/c1',
      // what tells people apart is left out, and so they are not worth a click's token
      'https://x.example/?id=',
      '#',
    ])
  })

  test('Liquid around attributes and inside tags does not mislead', async () => {
    const html = `<a {% if contact.firstName > "A" %}href="https://a.example"{% else %}href="https://b.example"{% endif %} title="<a href='https://no.example'>">a</a>`
    const { html: rendered } = await render({ html }, individual)
    expect(rendered).toContain(
      '<a href="https://news.example/c/0?https://a.example/" title="<a href=\'https://no.example\'>">',
    )
  })

  test('the links of an MJML button and text are tracked', async () => {
    const mjml = `<mjml><mj-body><mj-section><mj-column><mj-button href="https://a.example">a</mj-button>
      <mj-text><a href="https://b.example/{{ contact.firstName }}">b</a></mj-text></mj-column></mj-section></mj-body></mjml>`
    expect(hrefs((await render({ mjml }, individual)).html)).toEqual([
      'https://news.example/c/0?https://a.example/',
      'https://news.example/c/1?https://b.example/Ada',
    ])
  })

  test("a contact's data cannot become a script", async () => {
    for (const link of [
      'javascript:alert(1)',
      ' java\nscript:alert(1)',
      'DATA:text/html,x',
      '&#106;avascript:alert(1)',
    ]) {
      for (const tracking of [off, individual]) {
        const { html } = await render({ html: '<a href="{{ data.link | raw }}">x</a>' }, tracking, {
          data: { link },
        })
        expect(html).toContain('<a href="#">')
      }
    }
  })

  test('a click URL cannot break out of its attribute', async () => {
    const tracking: Tracking = { mode: 'individual', clickUrl: () => 'https://x.example/"><script>' }
    expect((await render({ html: '<a href="https://a.example">a</a>' }, tracking)).html).not.toContain(
      '"><script>',
    )
  })
})
