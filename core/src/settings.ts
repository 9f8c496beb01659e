/** Settings come from the environment and are checked at start: a wrong one is named, with what was expected. */

import { Resolver } from 'node:dns'
import { isIP } from 'node:net'
import { isAddressRange } from './access/allowed-address.ts'
import { listeningUrl } from './listening-url.ts'
import { formatMailbox, type Mailbox } from './mail/mailbox.ts'

export interface Settings {
  host: string
  port: number
  /** Where the API is reached from outside; `type` of problems and `Location` build on it. */
  apiUrl: string
  /** Where the public pages and tracking links are reached from outside. */
  publicUrl: string
  /** undefined: an embedded Postgres is started by `npm start`. */
  databaseUrl: string | undefined
  /** undefined: queues live in Postgres. */
  redisUrl: string | undefined
  smtpUrl: string | undefined
  /** Who mails of the platform to its users come from; its name is what the platform calls itself. */
  mailFrom: Mailbox & { name: string }
  /** Name servers that are asked for the records of sender domains; undefined: those of the machine. */
  dnsServers: string[] | undefined
  dataDir: string
  /** 32 bytes. undefined: made on first start and kept in the data folder. */
  masterKey: Buffer | undefined
  operatorToken: string | undefined
  /** URI of whom to tell of a weakness, in security.txt; undefined: there is no such file. */
  securityContact: string | undefined
  /** How many proxies stand before the API, or where they are; false: none, and `X-Forwarded-For` says nothing. */
  trustedProxies: number | string[] | false
  logLevel: LogLevel
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** Each variable with what is expected of it; `.env` files, compose files and documentation are checked against this list. */
export const settingNames = {
  HOST: 'an address or a host name to listen on, as 127.0.0.1 or ::1',
  PORT: 'a port from 0 to 65535',
  API_URL: 'an http(s) address without a path, as https://api.example.com',
  PUBLIC_URL: 'an http(s) address without a path, as https://news.example.com',
  DATABASE_URL: 'a Postgres address, as postgres://user:password@host:5432/name',
  REDIS_URL: 'a Redis address, as redis://host:6379',
  SMTP_URL: 'an SMTP address, as smtp://user:password@host:587 or smtps://host:465',
  MAIL_FROM: 'a sender, as Envoi <no-reply@example.com>',
  DNS_SERVERS: 'addresses of name servers, with or without a port, as 192.0.2.53,127.0.0.1:5353',
  ENVOI_DATA_DIR: 'a folder that can be written to',
  ENVOI_MASTER_KEY: '32 random bytes in base64, as `openssl rand -base64 32` prints them',
  ENVOI_OPERATOR_TOKEN: 'at least 32 characters',
  SECURITY_CONTACT:
    'where to report a weakness, as mailto:security@example.com or https://example.com/security',
  TRUSTED_PROXIES:
    'how many proxies stand before the API, as 1, or their addresses and CIDR ranges, as 10.0.0.0/8,2001:db8::7',
  LOG_LEVEL: `one of ${logLevels.join(', ')}`,
} as const

export type SettingName = keyof typeof settingNames

/** One clear line for people; never the value, which may be a secret. */
export class SettingsError extends Error {
  readonly setting: SettingName
  constructor(setting: SettingName) {
    super(`${setting} is not valid: expected ${settingNames[setting]}`)
    this.setting = setting
  }
}

export function readSettings(env: Record<string, string | undefined>): Settings {
  const value = (name: SettingName) => (env[name] === undefined || env[name] === '' ? undefined : env[name])
  const host = hostOf(value('HOST') ?? '127.0.0.1')
  const port = portOf(value('PORT') ?? '8080')
  const apiUrl = originOf('API_URL', value('API_URL')) ?? listeningUrl(host, port)
  const logLevel = value('LOG_LEVEL') ?? 'info'
  if (!logLevels.includes(logLevel as LogLevel)) throw new SettingsError('LOG_LEVEL')
  const operatorToken = value('ENVOI_OPERATOR_TOKEN')
  if (operatorToken !== undefined && operatorToken.length < 32)
    throw new SettingsError('ENVOI_OPERATOR_TOKEN')
  const publicUrl = originOf('PUBLIC_URL', value('PUBLIC_URL')) ?? apiUrl
  return {
    host,
    port,
    apiUrl,
    publicUrl,
    databaseUrl: urlOf('DATABASE_URL', value('DATABASE_URL'), ['postgres:', 'postgresql:']),
    redisUrl: urlOf('REDIS_URL', value('REDIS_URL'), ['redis:', 'rediss:']),
    smtpUrl: urlOf('SMTP_URL', value('SMTP_URL'), ['smtp:', 'smtps:']),
    mailFrom: mailboxOf(value('MAIL_FROM') ?? `no-reply@${domainOf(publicUrl)}`),
    dnsServers: nameServersOf(value('DNS_SERVERS')),
    dataDir: value('ENVOI_DATA_DIR') ?? '.envoi',
    masterKey: keyOf(value('ENVOI_MASTER_KEY')),
    operatorToken,
    securityContact: contactOf(value('SECURITY_CONTACT')),
    trustedProxies: proxiesOf(value('TRUSTED_PROXIES')),
    logLevel: logLevel as LogLevel,
  }
}

function proxiesOf(text: string | undefined): number | string[] | false {
  if (text === undefined || text === '0') return false
  if (/^[1-9]$/.test(text)) return Number(text)
  const ranges = text.split(',').map((range) => range.trim())
  if (!ranges.every(isAddressRange)) throw new SettingsError('TRUSTED_PROXIES')
  return ranges
}

/** A URI (RFC 9116, section 2.5.3); web addresses must be `https`. */
function contactOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const isUri = /^(?:mailto:[^\s@]+@[^\s@]+|tel:\+[\d-]+|https:\/\/\S+)$/.test(text) && URL.canParse(text)
  // what is not ASCII must be encoded in a URI (RFC 3986)
  if (!isUri || !/^[\x21-\x7e]{1,500}$/.test(text)) throw new SettingsError('SECURITY_CONTACT')
  return text
}

function nameServersOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const servers = text.split(',').map((server) => server.trim())
  try {
    new Resolver().setServers(servers)
  } catch {
    throw new SettingsError('DNS_SERVERS')
  }
  return servers
}

function hostOf(text: string): string {
  // a zone (fe80::1%eth0) has no place in a URL
  const isAddress = isIP(text) !== 0 && !text.includes('%')
  if (!isAddress && !/^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?$/i.test(text)) throw new SettingsError('HOST')
  return text
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new SettingsError('PORT')
  return port
}

function urlOf(name: SettingName, text: string | undefined, protocols: string[]): string | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) throw new SettingsError(name)
  return text.replace(/\/$/, '')
}

/** Paths of the platform are appended to it: it has none itself. */
function originOf(name: SettingName, text: string | undefined): string | undefined {
  const url = urlOf(name, text, ['http:', 'https:'])
  if (url === undefined) return undefined
  const { origin, href } = new URL(url)
  if (href !== `${origin}/`) throw new SettingsError(name)
  return origin
}

function keyOf(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32) throw new SettingsError('ENVOI_MASTER_KEY')
  return key
}

/** Of an address on this machine: `localhost`, which mail may not leave for. */
function domainOf(url: string): string {
  const { hostname } = new URL(url)
  return isIP(hostname) !== 0 || hostname.startsWith('[') ? 'localhost' : hostname
}

/** `Envoi <no-reply@example.com>`, with or without the name. */
function mailboxOf(text: string): Settings['mailFrom'] {
  const given = text.trim()
  const bracket = given.endsWith('>') ? given.lastIndexOf('<') : -1
  const email = bracket === -1 ? given : given.slice(bracket + 1, -1)
  const name = given
    .slice(0, Math.max(0, bracket))
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
  const mailbox = { email, name: name === '' ? 'Envoi' : name }
  try {
    formatMailbox('from', mailbox)
  } catch {
    throw new SettingsError('MAIL_FROM')
  }
  return mailbox
}
