/** How far something long is, on stderr: a bar that is drawn over in a terminal, elsewhere a line for every tenth. */
export interface Progress {
  update(what: string, done: number, total: number | null): void
  /** Wipes the bar away. */
  end(): void
}

const barWidth = 30

export function showProgress(stream: NodeJS.WriteStream): Progress {
  let shown = ''
  const show = (line: string, key: string) => {
    if (key === shown) return
    shown = key
    stream.write(stream.isTTY ? `\r\x1b[2K${line}` : `${line}\n`)
  }
  return {
    update(what, done, total) {
      const part = total === null || total === 0 ? 0 : Math.min(done / total, 1)
      const percent = Math.floor(part * 100)
      if (!stream.isTTY) {
        const tenth = percent - (percent % 10)
        return show(`${what} ${tenth} %`, `${what} ${tenth}`)
      }
      const filled = Math.floor(part * barWidth)
      const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`
      show(`${what} ${bar} ${percent} %`, `${what} ${percent}`)
    },
    end() {
      if (stream.isTTY && shown !== '') stream.write('\r\x1b[2K')
      shown = ''
    },
  }
}
