import { expect, test } from 'vitest'
import { flatten } from './flatten.ts'
import { createLiquid } from './liquid.ts'

const values: unknown[] = [
  'Ada',
  `<&>"'é`,
  '',
  ' ',
  0,
  7.5,
  true,
  false,
  null,
  undefined,
  [],
  ['a', ['<b>', null]],
  {},
  { name: { name: 'deep' } },
  new Date(0),
]
const sources = [
  '{{ v }}',
  'a {{- v -}} b',
  '{{ data.v }}|{{ data.v.name.name }}|{{ data.none.at.all }}',
  '{{ v | default: "<none>" }}',
  "{{ data.v | default: 'it\\'s' }}",
  '{{ v | default: none }}{{ v | default: "a" | upcase }}{{ v | raw }}{{ v | escape }}',
  '{{ v | default: "x", allow_false: true }}',
  '{{ v.size }}{{ data.v.first }}{{ data["v"] }}{{ v.constructor }}{{ data.__proto__ }}',
  '{% assign v = "mine" %}{{ v }}{{ data.v }}',
  '{% capture data %}mine{% endcapture %}{{ data }}{{ data.v }}',
  '{% for data in list %}{{ data.v }}{% endfor %}{{ data.v }}',
  '{% increment v %}{{ v }}',
  '{%- capture "v" -%}mine{%- endcapture -%}{{ v }}',
  '{% liquid\n assign v = 1\n echo v %}{{ v }}',
  '{% raw %}{{ v }}{% endraw %}{% comment %}{{ v }}{% endcomment %}{{ "v" }}{{ 1 }}{{ nil }}{{ empty }}',
]

test.each(['html', 'text'] as const)('a flattened %s template renders what liquidjs renders', (mode) => {
  const liquid = createLiquid(mode)
  for (const source of sources) {
    for (const v of values) {
      const scope = () => ({ v, data: { v }, list: [{ v: 1 }, { v: 2 }] })
      const plain = liquid.renderSync(flatten(mode, source, liquid.parse(source)), scope())
      expect({ source, v, rendered: plain }).toEqual({
        source,
        v,
        rendered: liquid.renderSync(liquid.parse(source), scope()),
      })
    }
  }
})

test('plain outputs and text are flattened, the rest is left to liquidjs', () => {
  const liquid = createLiquid('html')
  const source = 'a{{ v }}{{ v | default: "x" }}{{ v | upcase }}{% if v %}{% endif %}'
  const templates = liquid.parse(source)
  const flat = flatten('html', source, templates)
  expect(flat.map((template, i) => template === templates[i])).toEqual([false, false, false, true, true])
})
