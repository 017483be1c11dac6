import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CellValue } from '../../formats/index.js';
import { createEvidenceReader } from '../../pipelines/channel/evidence.js';
import { growingioSource } from '../../pipelines/sources/growingio.js';
import { minutesSource } from '../../pipelines/sources/minutes.js';
import { ordersSource } from '../../pipelines/sources/orders.js';
import { sensorsSource } from '../../pipelines/sources/sensors/source.js';
import { decodeSensorsRequest } from '../../pipelines/sources/sensors/transport.js';
import { wecomWatchSource } from '../../pipelines/sources/wecom-watch/source.js';
import { matchSource } from '../../pipelines/sources/column-match.js';
import type { Source, SourceContext } from '../../pipelines/source.js';
import type { DraftEvent, DraftRecord, RejectCode } from '../../schemas/index.js';
import { packageRoot } from '../../sql/index.js';
import { contextOf, RECEIVED_AT, tableRow } from '../pipelines/sources/sample-rows.js';

/** The checklist at the end of DOMAIN §8: every quirk has a test by its name, here or beside its source. */
const QUIRKS = [
  ...['epoch s vs ms vs text', 'wx-/scn: scene prefix', '"-1" share depth string'],
  ...['未取到值/取值异常/直接打开 sentinels', 'trailing-space key', 'string-wrapped JSON', 'missing arrays'],
  ...[
    'ending vs has_more',
    'money 分 vs 元',
    '万分比 vs % vs ratio',
    'duplicate CSV headers',
    'BOM',
    'GB18030',
  ],
  ...[
    'total row',
    '2025.3.26',
    'emoji nicknames',
    '@微信 suffix',
    'duplicate names',
    'truncated custom_params',
  ],
  ...[
    'double-encoded UTM',
    'event_duration outliers',
    'clock skew (_flush_time)',
    'duplicate batches on retry',
  ],
  ...['minute gaps', 'Beijing text across midnight', 'base64 + → space', 'errcode≠0 with empty list'],
  'push_stream_url/txSecret redaction',
];

it('every quirk stands in the title of a test', () => {
  const root = join(packageRoot(), 'test');
  const titles = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) => [
      ...readFileSync(join(root, path), 'utf8').matchAll(
        /\b(?:it|describe)(?:\.each)?\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)/gu,
      ),
    ])
    .map(([, quoted, template]) => quoted ?? template ?? '');
  expect(QUIRKS.filter((quirk) => !titles.some((title) => title.includes(quirk)))).toEqual([]);
});

function fromJson(
  source: Source,
  value: unknown,
  part: Partial<SourceContext> = {},
): readonly DraftRecord[] | RejectCode {
  const outcome = source.normalize({ from: 'json', value }, contextOf(source, part));
  return outcome.ok ? outcome.value : outcome.failure.code;
}

function fromTable(source: Source, fields: Readonly<Record<string, CellValue>>): DraftRecord | RejectCode {
  const row = tableRow(source, Object.keys(fields), Object.values(fields));
  const outcome = source.normalize(row, contextOf(source));
  if (!outcome.ok) return outcome.failure.code;
  return outcome.value[0] ?? 'missing_key';
}

const tracked = {
  type: 'track',
  event: '$MPShow',
  time: RECEIVED_AT - 3_600_000,
  distinct_id: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  _track_id: 1,
};

function sensors(properties: object, more: object = {}, part: Partial<SourceContext> = {}): DraftEvent {
  const found = fromJson(sensorsSource, { ...tracked, properties, ...more }, part);
  const draft = typeof found === 'string' ? undefined : found[0];
  if (draft?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(found)}`);
  return draft;
}

describe('Sensors and GrowingIO', () => {
  it('wx-/scn: scene prefix', () => {
    expect(sensors({ $scene: 'wx-1007' }).scene).toBe(1007);
    const growing = { eventType: 'PAGE', timestamp: RECEIVED_AT, deviceId: 'd', appChannel: 'scn:1047' };
    expect(fromJson(growingioSource, growing)).toMatchObject([{ scene: 1047 }]);
  });

  it('"-1" share depth string', () => {
    expect(sensors({ $share_depth: '-1' }).props).toEqual({});
    expect(sensors({ $share_depth: '3' }).props).toEqual({ $share_depth: '3' });
  });

  it('未取到值/取值异常/直接打开 sentinels', () => {
    const draft = sensors({
      $scene: '未取到值',
      $utm_source: '未取到值',
      $share_method: '取值异常',
      $referrer: '直接打开',
    });
    expect(draft).toMatchObject({ scene: null, evidence: {} });
    expect(Object.values(draft.props)).not.toContain('取值异常');
    const read = createEvidenceReader();
    const { evidence } = read({ query: null, url: null, referrer: draft.referrer, evidence: {} });
    expect(evidence).toMatchObject({ referrer_host: '', utm_source: '' });
  });

  it('event_duration outliers', () => {
    const duration = (event_duration: unknown): number | null =>
      sensors({ event_duration }, { event: '$MPPageLeave' }).watch_ms;
    expect(duration(8.99)).toBe(8_990);
    expect(duration(86_400)).toBe(86_400_000);
    expect(duration(86_401)).toBeNull();
    expect(duration(1_789_000_000)).toBeNull();
    expect(duration(-1)).toBeNull();
  });

  it('clock skew (_flush_time)', () => {
    const ahead = { time: RECEIVED_AT + 7_200_000, _flush_time: RECEIVED_AT + 7_200_000 };
    const straight = sensors({}, ahead, { straightFromClient: true });
    expect(straight).toMatchObject({ event_time: RECEIVED_AT, stated_time: RECEIVED_AT + 7_200_000 });
    expect(sensors({}, ahead).event_time).toBe(RECEIVED_AT + 7_200_000);
  });

  it('duplicate batches on retry', () => {
    // A retry differs in when it was sent and received, and in nothing that names the event.
    const first = sensors({}, { _flush_time: RECEIVED_AT - 60_000 });
    const retry = sensors({}, { _flush_time: RECEIVED_AT - 1_000 }, { receivedAt: RECEIVED_AT + 5_000 });
    expect(retry.identity).toEqual(first.identity);
    expect(sensors({}, { _track_id: 2 }).identity).not.toEqual(first.identity);
  });

  it('base64 + → space', () => {
    const json = JSON.stringify([{ text: '>>>???~~~ÿÿÿ' }]);
    const base64 = Buffer.from(json).toString('base64');
    expect(base64).toContain('+');
    const decoded = decodeSensorsRequest({ form: `data_list=${base64.replaceAll('+', ' ')}` });
    expect(decoded).toEqual({ ok: true, value: JSON.parse(json) as unknown });
  });
});

describe('money, shares and headers', () => {
  it('money 分 vs 元', () => {
    const order = { order_id: 'o1', pay_time: '2026-09-09 20:00:00', status: 'paid' };
    expect(fromTable(ordersSource, { ...order, amount_fen: '1990' })).toMatchObject({ amount_fen: 1990 });
    expect(fromTable(ordersSource, { ...order, '实付金额(元)': '19.90' })).toMatchObject({
      amount_fen: 1990,
    });
    expect(fromTable(ordersSource, { ...order, 金额: '1990' })).toBe('bad_amount');
  });

  it('万分比 vs % vs ratio', () => {
    // No column of a share is taken for a figure: neither by its header nor by what stands in it.
    for (const header of ['观看占比', '完播率（%）', '完播率（万分比）']) {
      const match = matchSource(['userid', '观看时长', header], wecomWatchSource);
      expect(match?.columns).toEqual(['employee_id', 'watch_seconds', null]);
    }
    expect(fromTable(wecomWatchSource, { userid: 'e1', 观看时长: '98%' })).toBe('bad_duration');
    expect(fromTable(minutesSource, { room_id: 'k', minute: '2026-09-09 20:00', online: '12%' })).toBe(
      'bad_number',
    );
  });

  it('duplicate CSV headers', () => {
    const match = matchSource(['userid', '观看时长', '观看时长'], wecomWatchSource);
    expect(match?.columns).toEqual(['employee_id', 'watch_seconds', null]);
  });
});

describe('links', () => {
  const read = createEvidenceReader();
  const ofQuery = (query: string) => read({ query, url: null, referrer: null, evidence: {} }).evidence;

  it('truncated custom_params', () => {
    const cut = encodeURIComponent('{"c":"Ab1","path":"pag');
    expect(ofQuery(`custom_params=${cut}`)).toMatchObject({ link_code: 'Ab1', malformed: true });
  });

  it('double-encoded UTM', () => {
    const twice = encodeURIComponent(encodeURIComponent('双11'));
    expect(ofQuery(`utm_campaign=${twice}`)).toMatchObject({ utm_campaign: '双11' });
  });
});
