import { describe, expect, it } from 'vitest';
import { ServerAnswerError, toWarehouseError } from '../../../sql/connection/server-error.js';
import { isTransientCode, networkFailure } from '../../../sql/connection/transient.js';

const context = { endpoint: 'http://127.0.0.1:8123', carriedRows: false };
const answered = (text: string, carriedRows = false) =>
  toWarehouseError(new ServerAnswerError(text, 500), { ...context, carriedRows });

describe('what the database says', () => {
  it('is told with its code, its type and no more of its words than needed', () => {
    const error = answered(
      "Code: 60. DB::Exception: Unknown table expression identifier 'wxlive.nope' (maybe (that)). (UNKNOWN_TABLE) (version 26.7.2.1 (official build))",
    );
    expect(error).toMatchObject({ code: 60, transient: false, unreached: false });
    expect(error.message).toContain('60 UNKNOWN_TABLE');
    expect(error.message).toContain("'wxlive.nope' (maybe (that))");
    expect(error.message).not.toContain('version');
  });

  it.each([
    "Code: 27. DB::Exception: Cannot parse input: expected '\"' before: 'oCANARY': (while reading the value of key s). (CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.7.2.1)",
    "Code: 6. DB::Exception: Cannot parse string 'oCANARY' as UInt64: syntax error at begin of string. (CANNOT_PARSE_TEXT) (version 1)",
    'Code: 457. DB::Exception: Value oCANARY cannot be parsed as UInt64 for query parameter x. (BAD_QUERY_PARAMETER) (version 1)',
    'Code: 117. DB::Exception: Unknown field: oCANARY (INCORRECT_DATA) (version 1)',
  ])('keeps values out: %s', (text) => {
    expect(answered(text).message).not.toContain('oCANARY');
    expect(answered(text, true).message).not.toContain('oCANARY');
  });

  it('keeps all words out when rows were sent', () => {
    expect(
      answered('Code: 999. DB::Exception: anything oCANARY. (KEEPER_EXCEPTION) (version 1)', true).message,
    ).not.toContain('oCANARY');
  });
});

describe('what is worth a retry', () => {
  it.each([
    [241, 'Memory limit (total) exceeded: would use', true],
    [241, 'Memory limit (for query) exceeded: would use', false],
    [252, 'Too many parts (300). Merges are processing significantly slower than inserts', true],
    [252, 'Too many partitions for single INSERT block (more than 100)', false],
    [243, 'Cannot reserve 1.00 MiB, not enough space', true],
    [202, 'Too many simultaneous queries', true],
    [62, 'Syntax error', false],
    [395, 'throwIf', false],
    [159, 'Timeout exceeded', false],
    [516, 'Authentication failed', false],
  ])('code %i "%s": %s', (code, message, transient) => {
    expect(isTransientCode(code, message)).toBe(transient);
  });

  it('knows a connection that was refused from one that broke', () => {
    const withCode = (code: string) => Object.assign(new Error('x'), { code });
    expect(networkFailure(withCode('ECONNREFUSED'))).toMatchObject({ unreached: true });
    expect(networkFailure(new Error('wrapped', { cause: withCode('ECONNREFUSED') }))).toMatchObject({
      unreached: true,
    });
    expect(networkFailure(withCode('ECONNRESET'))).toMatchObject({ unreached: false });
    expect(networkFailure(new Error('socket hang up'))).toMatchObject({ unreached: false });
    expect(networkFailure(new Error('anything else'))).toBeNull();
  });
});
