import { expect, test } from 'vitest'
import { harmlessName } from './harmless-name.ts'

test.each([
  ['Atelier Ada', 'Atelier Ada'],
  ['Ada & Cie.', 'Ada & Cie.'],
  ['WIN at https://bad.example/now', 'WIN at https:\u2060/\u2060/\u2060bad.\u2060example/\u2060now'],
  ['write to me@bad.example', 'write to me@\u2060bad.\u2060example'],
  ['two\r\nlines \u202e turned', 'two lines turned'],
  ['x'.repeat(100), `${'x'.repeat(79)}…`],
])('%j becomes %j', (name, harmless) => {
  expect(harmlessName({ name })).toBe(harmless)
})
