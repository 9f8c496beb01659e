import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, win32 } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configFolder } from './config-folder.ts'
import { locked } from './lock.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'envoi-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))
const never = new AbortController().signal

test('one at a time works under the lock, and all get their turn', async () => {
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 8 }, () =>
      locked(folder, never, async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setTimeout(resolve, 2))
        inside--
      }),
    ),
  )
  expect([most, await readdir(folder)]).toEqual([1, []])
})

test('a failure gives the lock back', async () => {
  await expect(locked(folder, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(locked(folder, never, async () => 'mine')).resolves.toBe('mine')
})

test('of many that find a lock of a dead process, one at a time goes on', async () => {
  await writeFile(join(folder, 'lock'), `${hostname()} ${2 ** 30} dead`)
  let inside = 0
  const work = () =>
    locked(folder, never, async () => {
      expect(++inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 2))
      inside--
    })
  await Promise.all(Array.from({ length: 8 }, work))
})

test('a lock of another machine is waited for, until it is a minute old', async () => {
  const lock = join(folder, 'lock')
  await writeFile(lock, 'elsewhere 1 alive')
  const controller = new AbortController()
  const waiting = locked(folder, controller.signal, async () => undefined)
  setTimeout(() => controller.abort(new Error('enough')), 200)
  await expect(waiting).rejects.toThrow('enough')
  const old = new Date(Date.now() - 61_000)
  await utimes(lock, old, old)
  await expect(locked(folder, never, async () => 'mine')).resolves.toBe('mine')
})

test('the folder is where the system keeps settings', () => {
  expect(configFolder({ XDG_CONFIG_HOME: '/xdg', HOME: '/me' }, 'linux')).toBe('/xdg/envoi')
  expect(configFolder({ XDG_CONFIG_HOME: 'xdg', HOME: '/me' }, 'darwin')).toBe('/me/.config/envoi')
  const onWindows = configFolder({ APPDATA: 'C:\\me\\AppData\\Roaming', XDG_CONFIG_HOME: '/xdg' }, 'win32')
  expect(win32.normalize(onWindows)).toBe('C:\\me\\AppData\\Roaming\\envoi')
})
