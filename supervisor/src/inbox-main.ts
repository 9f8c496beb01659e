/** The mail catcher's process: `node inbox-main.js <folder> <SMTP port> <web port>`. On loopback only. */
import { MailDev } from 'maildev'

const [mailDirectory, smtp, web] = process.argv.slice(2)
const inbox = new MailDev({
  mailDirectory,
  smtp: Number(smtp),
  web: Number(web),
  ip: '127.0.0.1',
  webIp: '127.0.0.1',
  silent: true,
  // the oldest go first: a campaign tried out again and again must not fill the disk
  maxEmails: 20_000,
})
const stop = async () => {
  await inbox.stop()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('disconnect', stop)
await inbox.start()
process.send?.('ready')
