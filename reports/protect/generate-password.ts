import { randomInt } from 'node:crypto';
import { checkPassword } from './password-rule.js';

/** No characters that are mistaken for each other when read from paper or typed on a phone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_CHARACTERS = 4;

/**
 * A password of four groups of four, `k7mq-3xwd-…`: 79 bits from the system's random source, printable ASCII without
 * capitals, so that it can be typed on a phone.
 */
export function generatePassword(): string {
  for (;;) {
    const password = Array.from({ length: GROUPS }, group).join('-');
    // chance may make a run or a word: such a one would be refused like anyone's
    if (checkPassword(password, ['xlsx', 'pdf']).ok) return password;
  }
}

function group(): string {
  return Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
