import { describe, expect, it } from 'vitest';
import { generatePassword } from '../../../reports/protect/generate-password.js';
import type { PasswordReason } from '../../../reports/protect/password-rule.js';
import { checkPassword, passwordReasonText } from '../../../reports/protect/password-rule.js';

describe('the password rule', () => {
  it.each<readonly [string, PasswordReason]>([
    ['', 'missing'],
    ['    ', 'missing'],
    ['Xk9#mQ2$vL7', 'too_short'],
    ['ab ab ab ab', 'too_short'],
    ['password1234', 'guessable'],
    ['P@ssw0rd2026', 'guessable'],
    ['Admin123456!', 'guessable'],
    ['123456789012', 'guessable'],
    ['qwertyuiop12', 'guessable'],
    ['aaaaaaaaaaaaaaaa', 'guessable'],
    ['abcdefghijklmnop', 'guessable'],
    ['x7kqx7kqx7kqx7kq', 'guessable'],
    ['woaini5201314woaini', 'guessable'],
    ['wxlive-2026-report', 'guessable'],
    ['zyxwvutsrqponml', 'guessable'],
    [' k7mq-3xwd-p9fa', 'outer_blank'],
    ['k7mq-3xwd-p9fa\n', 'unprintable'],
    ['k7mq-3xwd-\u0007p9fa', 'unprintable'],
    ['k7mq-3xwd-p9f！', 'not_ascii'],
    [`k7mq-3xwd-${'p9fa-q8rz'.repeat(20)}`, 'too_long'],
  ])('refuses %j: %s', (password, reason) => {
    expect(checkPassword(password, ['xlsx', 'pdf'])).toEqual({
      ok: false,
      failure: { code: 'password_weak', reason },
    });
  });

  it('refuses no password at all', () => {
    expect(checkPassword(undefined, ['xlsx'])).toMatchObject({ ok: false, failure: { reason: 'missing' } });
    expect(checkPassword(null, ['pdf'])).toMatchObject({ ok: false, failure: { reason: 'missing' } });
  });

  it.each(['k7mq-3xwd-p9fa', 'correct horse battery staple', 'Tr0ub4dor&3-mixed', 'ox by wu fi up'])(
    'takes %j',
    (password) => {
      expect(checkPassword(password, ['xlsx', 'pdf'])).toEqual({ ok: true, value: password });
    },
  );

  it('takes Chinese words for a workbook only', () => {
    const password = '青山 流水 明月 清风';
    expect(checkPassword(password, ['xlsx']).ok).toBe(true);
    expect(checkPassword(password, ['xlsx', 'pdf'])).toMatchObject({ failure: { reason: 'not_ascii' } });
  });

  it('says why in both languages and never repeats the password', () => {
    const outcome = checkPassword('password1234', ['pdf']);
    expect(JSON.stringify(outcome)).not.toContain('password1234');
    expect(passwordReasonText('guessable', 'zh')).toMatch(/猜/);
    expect(passwordReasonText('guessable', 'en')).toMatch(/guess/);
  });
});

describe('a generated password', () => {
  it('passes the rule, is readable, and never comes again', () => {
    const passwords = Array.from({ length: 2000 }, generatePassword);
    expect(new Set(passwords).size).toBe(passwords.length);
    for (const password of passwords) {
      expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
      expect(checkPassword(password, ['xlsx', 'pdf']).ok).toBe(true);
    }
  });

  it('uses every character of its alphabet about equally', () => {
    const counts = new Map<string, number>();
    for (const character of Array.from({ length: 4000 }, generatePassword).join('').replaceAll('-', '')) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // 64,000 draws over 31 characters: 2,065 each, standard deviation 45
    expect(counts.size).toBe(31);
    for (const count of counts.values()) expect(Math.abs(count - 2065)).toBeLessThan(400);
  });
});
