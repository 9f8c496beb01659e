/**
 * Checks of the repository itself, a line each: `passed` or `failed` with what is wrong.
 * - the lock file can be installed anywhere: it names no registry, and the variants of native packages for all systems;
 * - no package asks for a newer Node than ours, but those that are known to run on it;
 * - nothing that is committed names a place on somebody's machine;
 * - no file is looked for under the path of a URL, which is another one where a folder has a space or an accent in its name;
 * - source files stay small (median under 120 lines, none over 400 but generated ones), and their comments fit on a screen.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { root } from './lib/steps.mjs'

const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean)
const read = (file) => readFileSync(join(root, file), 'utf8')

const checks = {
  'the lock file names no registry': () => {
    const hosts = [...read('package-lock.json').matchAll(/"resolved": "(https?:[^"]+)"/g)].map(
      (match) => match[1],
    )
    return [...new Set(hosts)].slice(0, 5)
  },

  'the lock file knows the native packages of all systems': () => {
    const { packages } = JSON.parse(read('package-lock.json'))
    const found = (path, name) => {
      for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
        if (packages[`${at}${at && '/'}node_modules/${name}`]) return true
        if (at === '') return false
      }
    }
    return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !found(path, name))
        .map((name) => `${path} wants ${name}`),
    )
  },

  'what asks for a newer Node is known to run on ours': () =>
    Object.entries(JSON.parse(read('package-lock.json')).packages)
      .filter(
        ([path, { engines }]) => path !== '' && !takesOurNode(engines?.node) && !runsAnyway.has(nameIn(path)),
      )
      .map(([path, { engines }]) => `${path}: ${engines.node}`),

  "no file names a place on somebody's machine": () => {
    const places = [root, homedir(), '/home/', '/Users/'].filter(
      (place) => place.length > 1 && place !== '/root',
    )
    return files
      .filter((file) => file !== 'scripts/check-repository.mjs' && !isBinary(file))
      .flatMap((file) =>
        places.filter((place) => read(file).includes(place)).map((place) => `${file}: ${place}`),
      )
  },

  'no path of a URL is taken for one of a file': () =>
    files
      .filter((file) => /\.(ts|mjs)$/.test(file) && file !== 'scripts/check-repository.mjs')
      .filter((file) => /import\.meta\.url\)\s*\.pathname/.test(read(file))),

  'source files are small': () => {
    const sources = files.filter(
      (file) => file.includes('/src/') && file.endsWith('.ts') && !file.includes('/generated/'),
    )
    const lengths = sources.map((file) => [file, read(file).split('\n').length - 1])
    const sorted = lengths.map(([, length]) => length).sort((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)]
    const long = lengths
      .filter(([, length]) => length > 400)
      .map(([file, length]) => `${file}: ${length} lines`)
    return median < 120 ? long : [...long, `the median is ${median} lines`]
  },

  'no comment is wider than 140 columns': () =>
    files
      .filter((file) => /\.(ts|mjs|prisma)$/.test(file) && !file.includes('/generated/'))
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, at) =>
            line.length > 140 && /^\s*(?:\/\/|\/\*\*|\*) /.test(line) && !line.includes('biome-ignore')
              ? [`${file}:${at + 1}`]
              : [],
          ),
      ),
}

/** Behind what we depend on; they ask for Node 22, use nothing of it that we meet, and the tests run on Node 20. */
const runsAnyway = new Set(['abbrev', 'content-disposition', 'cookie', 'nopt', '@prisma/streams-local'])

const nameIn = (path) => path.split('node_modules/').at(-1)

/** Whether one of the alternatives of a range begins at Node 20 or below: enough of the syntax for what is in use. */
function takesOurNode(range = '*') {
  return range.split('||').some((alternative) => {
    const [, operator = '', major] = /^(>=?|\^|~|=|v)?\s*v?(\d+)/.exec(alternative.trim()) ?? []
    if (major === undefined) return true
    return operator.startsWith('>') ? Number(major) <= 20 : Number(major) === 20
  })
}

const isBinary = (file) => readFileSync(join(root, file)).subarray(0, 8_000).includes(0)

for (const [name, check] of Object.entries(checks)) {
  const problems = check()
  console.log(`${problems.length === 0 ? 'passed' : 'failed'}: ${name}`)
  for (const problem of problems) console.log(`  ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
