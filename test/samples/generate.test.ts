import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExportTime } from '../../pipelines/import/file-time.js';
import { SOURCES } from '../../pipelines/sources/index.js';
import { generateSamples, SAMPLE_PASSWORD, type Samples } from '../../samples/generate.js';
import type { DraftRecord } from '../../schemas/index.js';
import { isBuilt, readSample, recognizeSample, type ReadSample } from '../pipelines/sources/read-sample.js';

const RECEIVED_AT = Date.UTC(2026, 10, 20);
const SCALE = 0.15;

/** Readers of workbooks and PDFs run from dist/. */
describe.skipIf(!isBuilt)('sample company', () => {
  let folder = '';
  let samples: Samples;
  const read = new Map<string, ReadSample>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wxlive-samples-'));
    samples = await generateSamples({ outDir: join(folder, 'first'), scale: SCALE });
    for (const { path, adapter, password } of samples.files) {
      const source = SOURCES.find(({ name }) => name === adapter);
      if (source === undefined) throw new Error(`no source ${adapter}`);
      read.set(path, await readSample(source, path, password ?? undefined, RECEIVED_AT));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const draftsOf = (adapter: string): DraftRecord[] =>
    samples.files
      .filter((file) => file.adapter === adapter)
      .flatMap(({ path }) => [...(read.get(path)?.drafts ?? [])]);

  it('gives every file the rows and rejects that it promises', () => {
    for (const { path, rows, rejected } of samples.files) {
      const { failure, rows: found, rejects } = read.get(path) ?? { failure: null, rows: -1, rejects: [] };
      expect({ path: basename(path), failure, rows: found, rejected: rejects.length }).toEqual({
        path: basename(path),
        failure: null,
        rows,
        rejected,
      });
    }
  });

  it('is recognised for what it is, by content alone', async () => {
    for (const { path, adapter, password } of samples.files) {
      expect([basename(path), await recognizeSample(SOURCES, path, password ?? undefined)]).toEqual([
        basename(path),
        adapter,
      ]);
    }
  });

  it('breaks each broken line in its own way', () => {
    const rejects = [...read.values()].flatMap((file) => file.rejects.map(({ code }) => code));
    expect(rejects.sort()).toEqual([
      'missing_event_id',
      'missing_identity',
      'not_json',
      'time_unit',
      'time_without_offset',
      'unknown_platform',
    ]);
  });

  it('tells the truth about events and people', () => {
    const counts: Record<string, number> = {};
    const people = new Map<string, string>();
    const root = (id: string): string => {
      const next = people.get(id) ?? id;
      return next === id ? id : root(next);
    };
    const seen = new Set<string>();
    for (const adapter of ['events', 'sensors', 'wedata']) {
      for (const draft of draftsOf(adapter)) {
        if (draft.kind !== 'event' || draft.scene === 1129) continue;
        const key = draft.event_id ?? JSON.stringify(draft.identity);
        if (seen.has(`${adapter} ${key}`)) continue;
        seen.add(`${adapter} ${key}`);
        counts[draft.event] = (counts[draft.event] ?? 0) + 1;
        const ids = [draft.ids.unionid, draft.ids.openid].filter((id) => id !== undefined);
        ids.forEach((id) => people.set(id, people.get(id) ?? id));
        if (ids.length === 2) people.set(root(ids[0] ?? ''), root(ids[1] ?? ''));
      }
    }
    const { truth } = samples;
    const byFile = truth.orders.told_by_file_only;
    expect(counts['order_pay']).toBe((truth.events['order_pay'] ?? 0) - byFile);
    for (const [event, expected] of Object.entries(truth.events)) {
      if (event !== 'order_pay' && event !== 'order_refund')
        expect([event, counts[event]]).toEqual([event, expected]);
    }
    expect(new Set([...people.keys()].map(root)).size).toBe(truth.viewers);
    expect(truth.system_events).toBe(36);
  });

  it('tells the truth about orders', () => {
    const inFile = new Map(
      draftsOf('orders').map((draft) => [draft.kind === 'order' ? draft.order_id : '', draft]),
    );
    let gmv = 0;
    let paid = 0;
    let refund = 0;
    for (const draft of inFile.values()) {
      if (draft.kind !== 'order') throw new Error('orders only');
      expect(draft.order_id).toMatch(/^\d{20}$/u);
      if (draft.paid_at === null) continue;
      paid += 1;
      gmv += draft.amount_fen ?? 0;
      refund += draft.refund_fen ?? 0;
    }
    const refundedElsewhere = new Set<string>();
    for (const draft of draftsOf('events')) {
      if (draft.kind !== 'event' || inFile.has(draft.order_id)) continue;
      if (draft.event === 'order_pay') {
        paid += 1;
        gmv += draft.amount_fen ?? 0;
      }
      if (draft.event === 'order_refund' && !refundedElsewhere.has(draft.order_id)) {
        refundedElsewhere.add(draft.order_id);
        refund += draft.amount_fen ?? 0;
      }
    }
    const { orders, last_touch } = samples.truth;
    expect({ paid, gmv, refund }).toEqual({
      paid: orders.paid,
      gmv: orders.gmv_fen,
      refund: orders.refund_fen,
    });
    const sums = Object.values(last_touch);
    expect(sums.reduce((sum, channel) => sum + channel.orders, 0)).toBe(paid);
    expect(sums.reduce((sum, channel) => sum + channel.gmv_fen, 0)).toBe(gmv);
  });

  it('tells the truth about minutes and attendance', () => {
    const latest = new Map<string, number[]>();
    for (const { path, adapter, room } of samples.files) {
      if (adapter !== 'minutes' || room === null) continue;
      for (const draft of read.get(path)?.drafts ?? []) {
        if (draft.kind === 'minute')
          latest.set(`${room} ${draft.minute}`, [draft.online ?? 0, draft.views ?? 0]);
      }
    }
    for (const [room, expected] of Object.entries(samples.truth.minutes)) {
      const rows = [...latest].filter(([key]) => key.startsWith(`${room} `)).map(([, figures]) => figures);
      const sum = (at: number): number => rows.reduce((total, row) => total + (row[at] ?? 0), 0);
      expect({ rows: rows.length, online: sum(0), views: sum(1) }).toEqual(expected);
    }
    for (const { path, adapter, room } of samples.files) {
      if (adapter !== 'wecom-watch' || room === null) continue;
      const drafts = (read.get(path)?.drafts ?? []).flatMap((draft) =>
        draft.kind === 'attendance' ? [draft] : [],
      );
      expect({
        rows: drafts.length,
        staff: drafts.filter(({ scope }) => scope === 'staff').length,
        watch_seconds: drafts.reduce((sum, { watch_seconds }) => sum + (watch_seconds ?? 0), 0),
      }).toEqual(samples.truth.attendance[room]);
    }
  });

  it('prints a PDF of several pages whose export time is found', () => {
    const pdf = samples.files.find(({ path }) => path.endsWith('.pdf'));
    const titles = read.get(pdf?.path ?? '')?.titles ?? [];
    expect(findExportTime({ titles, fileName: '' })?.from).toBe('title');
  });

  it('encrypts the workbook and keeps passwords out of everything else', async () => {
    const encrypted = samples.files.filter(({ password }) => password !== null);
    expect(encrypted).toHaveLength(1);
    for (const { path } of samples.files) {
      expect((await readFile(path)).includes(SAMPLE_PASSWORD)).toBe(false);
    }
  });

  it('is the same for the same seed, another for another', async () => {
    const again = await generateSamples({ outDir: join(folder, 'again'), scale: SCALE });
    const other = await generateSamples({ outDir: join(folder, 'other'), scale: SCALE, seed: 7 });
    expect(again.truth).toEqual(samples.truth);
    expect(other.truth).not.toEqual(samples.truth);
    const sha = async (path: string): Promise<string> =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    for (const [at, { path, password }] of samples.files.entries()) {
      // Salts differ, and pdfkit's ids hang on them.
      if (password !== null || path.endsWith('.pdf')) continue;
      expect([basename(path), await sha(again.files[at]?.path ?? '')]).toEqual([
        basename(path),
        await sha(path),
      ]);
    }
  });

  it('moves to other days as a whole', async () => {
    const moved = await generateSamples({
      outDir: join(folder, 'moved'),
      scale: 0.02,
      firstDay: '2026-06-16',
    });
    const first = moved.files.find(({ adapter }) => adapter === 'minutes');
    expect(await readFile(first?.path ?? '', 'utf8')).toContain('2026-06-16T19:30:00+08:00');
  });
});
