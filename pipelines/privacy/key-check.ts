import { fail, succeed, type Outcome } from '../../schemas/index.js';
import { readLedger, writeLedger, type Warehouse } from '../../sql/index.js';
import type { PseudonymKey } from './key.js';

/** A warehouse remembers the fingerprint of the first key it met and refuses another (PRODUCT §2). */
export async function checkKey(
  warehouse: Warehouse,
  key: PseudonymKey,
): Promise<Outcome<'first' | 'same', 'other_key'>> {
  const known = (await readLedger(warehouse)).get('key_fingerprint');
  if (known === undefined) {
    await writeLedger(warehouse, 'key_fingerprint', key.fingerprint());
    return succeed('first');
  }
  return key.matches(known) ? succeed('same') : fail('other_key');
}
