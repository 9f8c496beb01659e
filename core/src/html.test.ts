import { expect, test } from 'vitest'
import { html } from './html.ts'

test('what is put in is text, between tags and in attributes', () => {
  const name = `<script>alert("1")</script>' & "`
  expect(`${html`<p title="${name}">${name}</p>`}`).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; &quot;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; &quot;</p>',
  )
})

test('only html goes in as it is, alone or in lists', () => {
  const items = ['a<b', 'c'].map((item) => html`<li>${item}</li>`)
  expect(`${html`<ul>${items}</ul>`}`).toBe('<ul><li>a&lt;b</li><li>c</li></ul>')
  expect(`${html`<ul>${['<li>']}</ul>`}`).toBe('<ul>&lt;li&gt;</ul>')
})

test('nothing leaves nothing, and zero is something', () => {
  expect(`${html`[${null}${false}${0}]`}`).toBe('[0]')
})

test('an object that only looks like html is text', () => {
  const forged = { toString: () => '<b>' } as unknown as string
  expect(() => `${html`${forged}`}`).toThrow()
})
