export interface ImportKey {
  accountId: string
  importId: string
}
