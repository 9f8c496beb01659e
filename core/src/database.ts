/** The rows of the database, for those who present them. */
export type * from '@envoi/prisma'
