/** Money is whole fen (分), 0 ≤ x < 2^53. A reading gives the fen or the code of what is wrong. */
export type MoneyReading = number | 'bad_amount';

/** Whole fen: a number, or numeric text (`19900`, `19,900`, `19900.00`). */
export function readFen(value: unknown): MoneyReading {
  return readDecimal(value, 0);
}

/** Yuan with at most two decimals → fen, digit by digit, never through a float: `99.01` → 9901. */
export function readYuan(value: unknown): MoneyReading {
  return readDecimal(value, 2);
}

function readDecimal(value: unknown, decimals: 0 | 2): MoneyReading {
  if (typeof value === 'number') return fromNumber(value, decimals);
  if (typeof value !== 'string') return 'bad_amount';
  return fromText(value, decimals);
}

function fromNumber(value: number, decimals: 0 | 2): MoneyReading {
  if (decimals === 0) {
    return Number.isSafeInteger(value) && value >= 0 ? value + 0 : 'bad_amount';
  }
  if (!Number.isFinite(value) || value < 0) return 'bad_amount';
  const exact = fromText(plainDecimal(String(value)), decimals);
  if (exact !== 'bad_amount') return exact;
  // A spreadsheet shows 15 digits: 0.1 + 0.2 there is 0.30.
  return fromText(plainDecimal(String(Number(value.toPrecision(15)))), decimals);
}

/** `1e-7` and `1e+21` are no plain decimals and stay refused. */
function plainDecimal(text: string): string {
  return text.includes('e') ? '' : text;
}

const AMOUNT = /^(\d+)(?:\.(\d*))?$/u;
const GROUPED = /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/u;

/** 2^53 has 16 digits; signs, commas and decimals beside them. A longer text is no amount. */
const LONGEST_AMOUNT = 40;

function fromText(value: string, decimals: 0 | 2): MoneyReading {
  if (value.length > LONGEST_AMOUNT) return 'bad_amount';
  let text = value;
  if (!isDigits(text)) {
    text = text.normalize('NFKC').replace(/\s+/gu, '');
    text = text.replace(/^(?:¥|RMB|CNY)/iu, '').replace(/^\+/u, '');
    text = text.replace(decimals === 0 ? /分$/u : /元$/u, '');
    if (text.includes(',')) {
      if (!GROUPED.test(text)) return 'bad_amount';
      text = text.replaceAll(',', '');
    }
  }
  const found = AMOUNT.exec(text);
  if (found === null) return 'bad_amount';
  const [, whole = '', fraction = ''] = found;
  if (!/^0*$/u.test(fraction.slice(decimals))) return 'bad_amount';
  const fen = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return fen <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(fen) : 'bad_amount';
}

function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}
