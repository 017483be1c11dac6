import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  createPseudonymizer,
  isUnusable,
  PseudonymKey,
  runImport,
  Seal,
  SOURCES,
  type FileReport,
  type ImportOptions,
} from '../../pipelines/index.js';
import { ADAPTERS, type DraftRecord } from '../../schemas/index.js';
import { packageRoot, type Warehouse } from '../../sql/index.js';

/**
 * The table is the folder: `test/fixtures/sources/SOURCE/CASE/` holds what must come out (`expected.json`) and one or
 * more files that must all give it, most of them by other programs (`make.py` there). Read by the product's own import,
 * as a dry run over no warehouse.
 */
const FOLDERS = join(packageRoot(), 'test', 'fixtures', 'sources');

const expectedSchema = z.strictObject({
  about: z.string(),
  options: z
    .strictObject({
      as: z.enum(ADAPTERS).optional(),
      room: z.string().optional(),
      password: z.string().optional(),
      time_zone: z.string().optional(),
      amount_unit: z.enum(['fen', 'yuan']).optional(),
      map: z.record(z.string(), z.string()).optional(),
    })
    .default({}),
  /** The file is refused as a whole by this code; nothing else is expected then. */
  error: z.string().optional(),
  rows: z.number().optional(),
  accepted: z.number().optional(),
  /** How many rows are refused by each reason. */
  rejects: z.record(z.string(), z.number()).default({}),
  /** Sums of a field over all records. */
  sums: z.record(z.string(), z.number()).default({}),
  /** What some of the records hold, by their number from 0; instants as ISO 8601. */
  records: z.array(z.strictObject({ at: z.number(), is: z.record(z.string(), z.unknown()) })).default([]),
  /** Texts that no record may hold. */
  never: z.array(z.string()).default([]),
});
type Expected = z.infer<typeof expectedSchema>;

const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

const parsedKey = PseudonymKey.parse('ab'.repeat(32));
if (!parsedKey.ok) throw new Error('the key of the test is no key');
const key = parsedKey.value;

/** A dry run asks only whether the bytes were seen before: never. */
const noWarehouse: Pick<Warehouse, 'query'> = { query: () => Promise.resolve([]) };

async function read(
  path: string,
  { options }: Expected,
): Promise<{ readonly report: FileReport; readonly drafts: readonly DraftRecord[] }> {
  const drafts: DraftRecord[] = [];
  const real = createPseudonymizer(key);
  const asked: ImportOptions = {
    adapter: options.as ?? null,
    room: options.room ?? null,
    account: null,
    passwords: options.password === undefined ? [] : [options.password],
    wallClockZone: options.time_zone ?? null,
    amountUnit: options.amount_unit ?? null,
    exportedAt: null,
    scope: null,
    acceptShrink: false,
    dryRun: true,
    aliases: Object.entries(options.map ?? {}).map(([header, field]) => ({ header, field })),
    eventMap: {},
    language: 'en',
  };
  const report = await runImport(path, asked, {
    sources: SOURCES,
    pseudonymizer: {
      ...real,
      pseudonymize(draft, placement) {
        drafts.push(draft);
        return real.pseudonymize(draft, placement);
      },
    },
    seal: new Seal(key),
    // The rest of a warehouse is never asked for on a dry run, and missed loudly if it is.
    warehouse: noWarehouse as Warehouse,
    bus: () => Promise.reject(new Error('a dry run stores nothing')),
    progress: { update: () => undefined, end: () => undefined },
  });
  return { report, drafts };
}

it('every registered source has a folder with cases, and every folder a source', () => {
  expect(foldersIn(FOLDERS).sort()).toEqual(SOURCES.map(({ name }) => name as string).sort());
  for (const source of foldersIn(FOLDERS))
    expect(foldersIn(join(FOLDERS, source)).length, source).toBeGreaterThan(0);
});

describe.each(foldersIn(FOLDERS))('%s', (source) => {
  describe.each(foldersIn(join(FOLDERS, source)))('%s', (name) => {
    const folder = join(FOLDERS, source, name);
    const expected = expectedSchema.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
    const files = readdirSync(folder).filter((file) => file !== 'expected.json');

    it.each(files)(`%s: ${expected.about}`, async (file) => {
      const { report, drafts } = await read(join(folder, file), expected);
      if (expected.error !== undefined) {
        expect(isUnusable(report) ? report.error.code : report).toBe(expected.error);
        return;
      }
      if (isUnusable(report)) throw new Error(`${report.error.code}: ${report.error.message}`);
      const rejects: Record<string, number> = {};
      for (const { code } of report.rejects) rejects[code] = (rejects[code] ?? 0) + 1;
      expect({
        adapter: report.adapter,
        rows: report.rows,
        accepted: report.accepted,
        rejects,
      }).toEqual({
        adapter: source,
        rows: expected.rows,
        accepted: expected.accepted,
        rejects: expected.rejects,
      });
      for (const [field, sum] of Object.entries(expected.sums)) {
        const found = drafts.reduce((total, draft) => total + Number(fieldsOf(draft)[field] ?? 0), 0);
        expect(found, field).toBeCloseTo(sum, 6);
      }
      for (const { at, is } of expected.records) {
        expect(fieldsOf(drafts[at]), `record ${at}`).toMatchObject(withInstants(is, fieldsOf(drafts[at])));
      }
      for (const text of expected.never) expect(JSON.stringify(drafts)).not.toContain(text);
    });
  });
});

function fieldsOf(draft: DraftRecord | undefined): Readonly<Record<string, unknown>> {
  return { ...draft };
}

/** Instants are numbers in a record and readable in `expected.json`. */
function withInstants(
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      typeof value === 'string' && typeof found[name] === 'number' ? Date.parse(value) : value,
    ]),
  );
}
