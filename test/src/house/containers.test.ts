import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readSettings, settingNames } from '@envoi/core'
import { STOP_MS } from '@envoi/core/stopping'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const text = (path: string) => readFile(fromRoot(path), 'utf8')

interface Service {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  healthcheck?: object
  stop_grace_period?: string
  depends_on?: Record<string, { condition: string }>
}

const compose = parse(await text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)
const ours = services.filter(([, service]) => service.build !== undefined)

/** A built file, by its source: `api/dist/main.js` comes from `api/src/main.ts`. */
const sourceOf = (path: string) => path.replace('/dist/', '/src/').replace(/\.js$/, '.ts')

test('docker-compose.yml runs what Envoi is made of', () => {
  expect(Object.keys(compose.services).sort()).toEqual([
    'api',
    'mail',
    'migrate',
    'postgres',
    'redis',
    'workers',
  ])
  expect(compose.services.postgres?.image).toBe('postgres:18')
  for (const [, service] of ours) {
    expect(service.command?.[0]).toBe('node')
    expect(existsSync(fromRoot(sourceOf(service.command?.[1] ?? ''))), service.command?.[1]).toBe(true)
  }
})

test('every variable that it sets is a known setting, with a value that is accepted', () => {
  for (const [name, { environment = {} }] of ours) {
    expect(
      Object.keys(environment).filter((variable) => !(variable in settingNames)),
      name,
    ).toEqual([])
    const secrets: Record<string, string> = {
      POSTGRES_PASSWORD: 'secret',
      ENVOI_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      ENVOI_OPERATOR_TOKEN: 'x'.repeat(32),
    }
    const values = Object.entries(environment).map(([variable, value]) => [
      variable,
      interpolate(value, secrets),
    ])
    expect(() => readSettings(Object.fromEntries(values))).not.toThrow()
  }
})

/** `${NAME:-default}` and `${NAME:?message}`, as docker compose fills them in. */
function interpolate(value: string, variables: Record<string, string>): string {
  return value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_whole, name: string, kind: string, rest: string) => {
    const given = variables[name]
    if (given === undefined && kind === '?') throw new Error(`${name} is asked for, and explained nowhere`)
    return given ?? rest
  })
}

test('the API starts without Redis, which it does not use', () => {
  expect(Object.keys(compose.services.api?.depends_on ?? {})).toEqual(['migrate'])
})

test('processes have time to stop before they are killed', () => {
  for (const [name, { stop_grace_period }] of ours)
    expect(Number.parseInt(stop_grace_period ?? '0', 10) * 1_000, name).toBeGreaterThan(STOP_MS)
})

test('what it refers to is there: services, volumes, health checks', () => {
  for (const [name, { depends_on = {}, volumes = [] }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      expect(compose.services, `${name} depends on ${other}`).toHaveProperty(other)
      if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck, other).toBeDefined()
    }
    for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '')
  }
  expect(compose.services.api?.healthcheck).toBeDefined()
})

/** Instructions of the Dockerfile with their arguments. */
async function instructions(): Promise<[string, string][]> {
  const lines = (await text('Dockerfile')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
}

test('the Dockerfile copies files that exist and that .dockerignore lets through', async () => {
  const ignored = (await text('.dockerignore')).split('\n')
  const copies = (await instructions()).filter(([name]) => name === 'COPY').map(([, args]) => args.split(' '))
  for (const args of copies) {
    const fromStage = args[0]?.startsWith('--from=')
    for (const source of args.slice(fromStage ? 1 : 0, -1)) {
      const path = source.replace(/^\/app\/?/, '') || '.'
      if (fromStage && path.endsWith('/dist'))
        expect(existsSync(fromRoot(path.replace(/dist$/, 'src'))), path).toBe(true)
      else expect(existsSync(fromRoot(path)), path).toBe(true)
      if (!fromStage) expect(ignored).not.toContain(path)
    }
  }
  const { workspaces } = JSON.parse(await text('package.json')) as { workspaces: string[] }
  const copied = copies.map((args) => args[0])
  expect(copied).toEqual(expect.arrayContaining(workspaces.map((name) => `${name}/package.json`)))
})

test('the Dockerfile runs scripts that exist, and ends as an unprivileged user', async () => {
  const all = await instructions()
  const commands = all.filter(([name]) => name === 'RUN' || name === 'CMD').map(([, args]) => args)
  for (const [, file] of commands.join('\n').matchAll(/node"?,? "?([\w./-]+\.m?js)/g)) {
    expect(existsSync(fromRoot(sourceOf(file ?? ''))), file).toBe(true)
  }
  for (const [, name] of commands.join('\n').matchAll(/--workspace=@envoi\/(\w+)/g)) {
    expect(existsSync(fromRoot(`${name}/package.json`)), name).toBe(true)
  }
  expect(all.filter(([name]) => name === 'USER').at(-1)?.[1]).toBe('node')
  const [, environment] = all.filter(([name]) => name === 'ENV').at(-1) ?? ['', '']
  for (const setting of environment.split(' ').map((pair) => pair.split('=')[0] ?? '')) {
    if (setting !== 'NODE_ENV') expect(settingNames).toHaveProperty(setting)
  }
})
