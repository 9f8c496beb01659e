/**
 * MJML, where it may take its time: in a thread. Compiling takes time that grows with the input (a second for 200 kB), uses regular
 * expressions that a hostile input can make quadratic, and loading the library alone takes 0.7 s.
 *
 * No file is read: `ignoreIncludes` is explicit although it is the default, no config file is asked for, no skeleton is given.
 */
import { createRequire } from 'node:module'
import { ContentError } from './content-error.ts'

/** A rule of MJML that the source does not follow; the result exists all the same. */
export interface MjmlFinding {
  line: number
  message: string
}

export interface MjmlResult {
  html: string
  findings: MjmlFinding[]
}

export type CompileMjml = (source: string) => Promise<MjmlResult>

/** The part of the library that is used; it brings no types. */
type Mjml = (
  source: string,
  options: object,
) => Promise<{ html: string; errors: { line: number; message: string }[] }>

let library: Mjml | undefined

/** `onLoaded`: called when the library was loaded, which is no work on this source. */
export async function compileMjml(source: string, onLoaded = () => {}): Promise<MjmlResult> {
  if (library === undefined) {
    library = createRequire(import.meta.url)('mjml') as Mjml
    onLoaded()
  }
  try {
    const { html, errors } = await library(source, {
      ignoreIncludes: true,
      useMjmlConfigOptions: false,
      validationLevel: 'soft',
      keepComments: true,
      minify: false,
      beautify: false,
      // A web font is a request to a third party each time the message is opened: the author must ask for it.
      fonts: {},
    })
    return { html, findings: errors.map(({ line, message }) => ({ line, message })) }
  } catch (error) {
    throw new ContentError('mjml', error instanceof Error ? error.message : String(error))
  }
}
