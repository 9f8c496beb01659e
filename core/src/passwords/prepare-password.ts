import { generatePassword, hashPassword } from '../access/password.ts'
import { type Known, requireStrongPassword } from './require-strong-password.ts'

/** The hash of a password that somebody has chosen, or of a strong one made for them: that is returned, to be shown once. */
export async function preparePassword(
  chosen: string | undefined,
  about: readonly Known[],
  pointer = '/password',
): Promise<{ hash: string; generated: string | undefined }> {
  if (chosen !== undefined) {
    await requireStrongPassword(pointer, chosen, about)
    return { hash: await hashPassword(chosen), generated: undefined }
  }
  const generated = generatePassword()
  return { hash: await hashPassword(generated), generated }
}
