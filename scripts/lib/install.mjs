/** Installs packages when what is in `node_modules` is not what `package-lock.json` says. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, StepFailed, step } from './steps.mjs'

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

/**
 * Prisma's packages want to download native engines when they are installed; Envoi uses none (the client has no
 * native part, and migrations run on the WebAssembly engine). Naming any existing file stops the download.
 */
export const noEngineDownload = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
}

export async function install() {
  const lock = readJson('package-lock.json')
  const edited = manifestsDiffer(lock)
  if (!edited && installedAsLocked(lock)) return linkCommands(lock)
  if (edited && process.env.CI) {
    console.error('package-lock.json does not match the package.json files: run `npm install` and commit it.')
    throw new StepFailed('install')
  }
  // the lock file is only ever written for an edited package.json; `npm ci` starts from nothing, and `npm install` is
  // quicker over an earlier install
  const clean = !existsSync(join(root, 'node_modules/.package-lock.json'))
  const args = edited ? ['install'] : clean ? ['ci'] : ['install', '--no-save']
  await step('Installing packages', [
    { command: 'npm', args: [...args, '--no-fund', '--no-audit'], env: noEngineDownload },
  ])
  await linkCommands(lock)
}

/** npm links the commands of a workspace when it installs the workspace, and not those that it gets later. */
async function linkCommands(lock) {
  const linked = (name) => ['', '.cmd'].some((end) => existsSync(join(root, 'node_modules/.bin', name + end)))
  const unlinked = (lock.packages[''].workspaces ?? [])
    .map((folder) => readJson(join(folder, 'package.json')))
    .filter(({ bin = {} }) => !Object.keys(bin).every(linked))
    .map(({ name }) => name)
  if (unlinked.length === 0) return
  await step('Linking commands', [{ command: 'npm', args: ['rebuild', '--ignore-scripts', ...unlinked] }])
}

/** Whether a package.json asks for something that the lock file has not heard of. */
function manifestsDiffer(lock) {
  return ['', ...(lock.packages[''].workspaces ?? [])].some((folder) => {
    const locked = lock.packages[folder]
    const manifest = readJson(join(folder, 'package.json'))
    return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => {
      const sorted = (object = {}) => JSON.stringify(Object.entries(object).sort())
      return sorted(locked?.[kind]) !== sorted(manifest[kind])
    })
  })
}

/** npm leaves a record of what it has installed; optional packages of other platforms are absent from it. */
function installedAsLocked(lock) {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false
  const installed = readJson('node_modules/.package-lock.json').packages
  return Object.entries(lock.packages).every(([path, locked]) => {
    if (!path.includes('node_modules/') || locked.extraneous) return true
    // npm forgets to record the link to a workspace that is new
    if (locked.link) return existsSync(join(root, path))
    const found = installed[path]
    if (found === undefined) return Boolean(locked.optional || locked.devOptional || locked.peer)
    return (
      found.version === locked.version && found.integrity === locked.integrity && existsSync(join(root, path))
    )
  })
}
