import { encryptPackage } from '../../formats/index.js';
import type { Outcome } from '../../schemas/index.js';
import { succeed } from '../../schemas/index.js';
import type { PasswordRefusal } from './password-rule.js';
import { checkPassword } from './password-rule.js';

/**
 * A workbook encrypted for a password as its bytes come (ECMA-376 agile, AES-256, SHA-512, 100,000 rounds, HMAC); the
 * plain bytes touch no disk. A password that breaks the rule is refused before anything is read.
 */
export function protectWorkbook(
  workbook: AsyncIterable<Uint8Array>,
  password: string | null | undefined,
): Outcome<AsyncIterable<Uint8Array>, PasswordRefusal> {
  const checked = checkPassword(password, ['xlsx']);
  return checked.ok ? succeed(encryptPackage(workbook, checked.value)) : checked;
}
