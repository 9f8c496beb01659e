import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Folders and files of `test/src` that take longest, longest first: they start processes or browsers, or wait. One that came
 * last would run alone, while everything else is done.
 */
export const long = [
  'crash/',
  'pages/user-mails-in-browser.test.ts',
  'closure/',
  'house/regular-expressions.test.ts',
  'templates/content-threads.test.ts',
  'api/overload.test.ts',
  'cli/',
  'start/',
  'access/throttle.test.ts',
  'api/limits.test.ts',
  'contract/',
  'pages/browser.test.ts',
  'pages/mail-in-browser.test.ts',
]

/** How far from the start a file belongs. */
export function rank(path: string): number {
  const index = long.findIndex((name) => path.includes(`/test/src/${name}`))
  return index < 0 ? long.length : index
}

/** Begins with the files that take longest; among equals, with those that did so in the last run, where there was one. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a.moduleId) - rank(b.moduleId))
  }
}
