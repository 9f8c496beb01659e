import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Chromium, or what is built from it: CHROMIUM_PATH, else one in the places where systems put theirs. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const windows = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((folder) => folder)
  return [
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap((name) =>
      folders.map((folder) => join(folder, name)),
    ),
    ...['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    ...['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].flatMap((program) =>
      windows.map((folder) => `${folder}/${program}`),
    ),
  ].find((path) => existsSync(path))
}

/** Whether tests in a browser are left out: there is none. Where everything must hold (CI), they fail instead. */
export const withoutBrowser = findBrowser() === undefined && !process.env.CI
