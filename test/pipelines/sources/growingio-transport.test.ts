import { describe, expect, it } from 'vitest';
import { decodeGrowingioRequest } from '../../../pipelines/sources/growingio-transport.js';
import { decompressUtf16 } from '../../../pipelines/sources/lz-string.js';
import { seededRandom } from '../../seeded-random.js';

/** Two events as the SDK posts them, and the same by `compressToUTF16` of lz-string 1.5.0. */
const EVENTS = [
  {
    eventType: 'CUSTOM',
    eventName: 'live_enter',
    timestamp: 1794398400123,
    deviceId: 'd-1',
    domain: 'wx00authored00app',
    appChannel: 'scn:1007',
    query: 'utm_source=a',
    attributes: { room_id: '1181', title: '双十一直播间😀' },
  },
  { eventType: 'PAGE', timestamp: 1794398400124, deviceId: 'd-1' },
];
const COMPRESSED =
  '\u1b63\u3c31\u016c\u0701\u03d0\u0ba0\u2a24砡慐\u05e6\u01a4\u0570\u0cc8\u4099\u00d2\u3021剣\u0120爢\u0c25墍\u403b\u00b6\u1827槯\u0220亴戃子\u0697\u428a\u45a0\u11a0\u1da0\u13a0\u05a0\u19a1\u2027\u0960\u0336\u4ca0\u2635\u2a20\u26f1氣\u0c40\u0269\u0d83\u0250\u0b63\u1448恝凝\u3b78嬡渠\u1e5b琠垘\u0025\u45ff\u4124\u302d\u2369\u2a08\u3158\u111a\u2c4c\u0235\u4b86\u1355\u4280撔牢\u0067\u2060夶永挃\u08da\u0418\u1620庚\u10dd\u1e3e\u0fee怢\u1b24\u20e4夀縷\u1bb7\u1da6涣\u11b7\u2959\u2865烌\u1650\u202c祰\u084c吠\u01ea\u007e溠媳\u202b畐\u0be1尠\u020d\u4021\u3e27\u0a90\u344f\u053d\u0b80\u0070\u0228\u01e4\u00c2\u2131\u38c4冺\u23b8啰殊甔\u4ae6\u29a2曒氮\u13a0瀢璠\u0020\u0020';

function decode(body: string, query: string): readonly unknown[] | string {
  const outcome = decodeGrowingioRequest({ body, query });
  return outcome.ok ? outcome.value : outcome.failure.code;
}

describe('a request of the GrowingIO SDK', () => {
  it('compressed and plain hold the same events', () => {
    expect(decode(COMPRESSED, 'stm=1794398400200&compress=1')).toEqual(EVENTS);
    expect(decode(JSON.stringify(EVENTS), 'stm=1794398400200&compress=0')).toEqual(EVENTS);
    expect(decode(JSON.stringify(EVENTS), '')).toEqual(EVENTS);
  });

  it('is taken as JSON where it begins as JSON, whatever the address says', () => {
    expect(decode(` ${JSON.stringify(EVENTS)}`, 'compress=1')).toEqual(EVENTS);
    expect(decode('{"eventType":"PAGE"}', 'compress=1')).toEqual([{ eventType: 'PAGE' }]);
  });

  it.each([
    ['nothing', '', 'compress=1'],
    ['half of it', COMPRESSED.slice(0, 60), 'compress=1'],
    ['compressed without saying so', COMPRESSED, 'compress=0'],
    ['no JSON', 'eventType=PAGE', ''],
  ])('%s is not_json', (_what, body, query) => {
    expect(decode(body, query)).toBe('not_json');
  });

  it('is refused beyond the limit before it is whole', () => {
    const outcome = decodeGrowingioRequest({ body: COMPRESSED, query: 'compress=1' }, 100);
    expect(outcome).toEqual({ ok: false, failure: { code: 'too_large' } });
    expect(decodeGrowingioRequest({ body: '[]'.padEnd(101), query: '' }, 100).ok).toBe(false);
  });
});

describe('decompressUtf16', () => {
  it('ends on any text, within the limit', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 500; round++) {
      const codes = Array.from({ length: random.below(200) }, () => 32 + random.below(0x8000));
      const outcome = decompressUtf16(String.fromCharCode(...codes), 1_000);
      if (outcome.ok) expect(outcome.value.length).toBeLessThanOrEqual(1_000);
      else expect(['damaged', 'too_large']).toContain(outcome.failure);
    }
  });
});
