import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mutate, mutateText } from '../../bench/nightly-fuzz/mutate.js';
import { readAll } from '../../bench/nightly-fuzz/read-all.js';
import { csvLine, encryptPackage } from '../../formats/index.js';
import { isUnusable, runImport, SOURCES, type ImportOptions } from '../../pipelines/index.js';
import { buildWorkbook, bytesOf } from '../../samples/workbook.js';
import { FAILURES } from '../../schemas/index.js';
import { openWarehouse, typedByUser, type Warehouse } from '../../sql/index.js';
import { runWxlive, startWxlive } from '../cli/run-wxlive.js';
import { openImportBench, PLAIN_IMPORT, type ImportBench } from '../pipelines/import-tools.js';
import { readSample } from '../pipelines/sources/read-sample.js';
import { seededRandom } from '../seeded-random.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { CANARY_PASSWORD, writeCanaryFiles, type CanaryFile } from './canary-files.js';
import { times } from '../long-form.js';

/**
 * What must hold for every source of the registry, without being told which there are: a new one fails here until
 * `canary-files.ts` has a file for it.
 */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-every-'));
let bench: ImportBench;
let files: readonly (CanaryFile & { readonly adapter: NonNullable<CanaryFile['adapter']> })[] = [];

beforeAll(async () => {
  bench = await openImportBench();
  files = (await writeCanaryFiles(folder)).flatMap((file) =>
    file.adapter === null ? [] : [{ ...file, adapter: file.adapter }],
  );
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The key of the import bench. */
const KEY = 'ab'.repeat(32);
const optionsOf = (file: CanaryFile): Pick<ImportOptions, 'room' | 'passwords'> => ({
  room: file.args[file.args.indexOf('--room') + 1 || -1] ?? null,
  passwords: file.args.includes('--password-env') ? [CANARY_PASSWORD] : [],
});
const DRY_RUN: ImportOptions = { ...PLAIN_IMPORT, dryRun: true };
const filesOf = (name: string): typeof files => files.filter(({ adapter }) => adapter === name);

describe.each(SOURCES.map((source) => [source.name, source] as const))('%s', (name, source) => {
  it('has a file of its own', () => {
    expect(filesOf(name).length).toBeGreaterThan(0);
  });

  it('loads its files once, whatever their number', async () => {
    for (const file of filesOf(name)) {
      const first = await bench.load(file.path, optionsOf(file));
      const again = await bench.load(file.path, optionsOf(file));
      expect(again.rows, file.path).toBe(first.rows);
      expect(again.rejected, file.path).toBe(first.rejected);
      expect(again.accepted, file.path).toBe(0);
      expect(again.held, file.path).toBe(0);
    }
  });

  it('makes rows or one clear code of hurt files, and never loads a part', async () => {
    for (const file of filesOf(name)) {
      const random = seededRandom(name.length * 101);
      const original = readFileSync(file.path);
      const hurt = /^\.(?:gz|xlsx)$/u.test(extname(file.path)) ? mutate : mutateText;
      for (let round = 0; round < times(2, 6); round += 1) {
        const path = join(folder, `hurt${extname(file.path)}`);
        writeFileSync(path, hurt(original, ['"', '\n', '\0', '{', ',', '[]', 'NaN'], random));
        const report = await runImport(path, { ...DRY_RUN, ...optionsOf(file) }, bench.tools);
        if (isUnusable(report)) expect(Object.keys(FAILURES)).toContain(report.error.code);
        else expect(report.accepted + report.duplicates + report.rejected + report.held).toBe(report.rows);
      }
    }
  });

  it.each(source.table === null ? [] : [name])(
    'reads the same rows of %s from CSV, XLSX and encrypted XLSX',
    async () => {
      const table = filesOf(name).find(
        ({ path }) => /\.(?:csv|xlsx)$/u.test(path) && !path.includes('encrypted'),
      );
      if (table === undefined) throw new Error(`canary-files.ts has no CSV or XLSX for ${name}`);
      const read = await readAll(table.path, [CANARY_PASSWORD]);
      if (read.code !== null) throw new Error(`${table.path}: ${read.code}`);
      const first = read.rows[0]?.[0];
      const rows = read.rows.flatMap(([sheet, , cells]) =>
        sheet === first ? [cells.map((cell) => String(cell ?? ''))] : [],
      );
      const workbook = await bytesOf(buildWorkbook([{ name: first ?? '', rows, headerRow: 0 }], 0));
      const forms: Record<string, Uint8Array> = {
        'same.csv': Buffer.from(rows.map((cells) => csvLine(cells, { formulaGuard: false })).join('')),
        'same.xlsx': workbook,
        'same-encrypted.xlsx': await bytesOf(encryptPackage(workbook, CANARY_PASSWORD, 10)),
      };
      const seen = [];
      for (const [form, bytes] of Object.entries(forms)) {
        writeFileSync(join(folder, form), bytes);
        const { drafts, rejects, failure } = await readSample(source, join(folder, form), CANARY_PASSWORD);
        seen.push({ drafts, rejects, failure });
      }
      expect(seen[0]?.drafts.length).toBeGreaterThan(0);
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[2]).toEqual(seen[0]);
    },
  );
});

it('an import of every source, killed in the middle again and again, ends as one that nobody disturbed', async () => {
  const dataDir = makeDataDir();
  const env = { WXLIVE_PSEUDONYM_KEY: KEY, CANARY_PASSWORD };
  const random = seededRandom(11);
  const groups = new Map<string, string[]>();
  for (const { path, args } of files)
    groups.set(args.join(' '), [...(groups.get(args.join(' ')) ?? []), path]);
  for (const file of files) await bench.load(file.path, optionsOf(file));
  const owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  try {
    await runWxlive(['migrate'], { dataDir, env });
    for (const [args, paths] of groups) {
      const command = ['import', '--json', ...paths, ...args.split(' ').filter(Boolean)];
      // The many files without options are where a kill meets another source each time.
      for (let kills = paths.length > 5 ? times(1, 5) : 0; kills > 0; kills -= 1) {
        const child = startWxlive(command, { dataDir, env });
        await pause(500 + random.below(1_500));
        child.kill('SIGKILL');
      }
      const { exit, stderr } = await runWxlive(command, { dataDir, env });
      expect([0, 3], stderr).toContain(exit);
    }
    expect(await contentOf(owner)).toEqual(await contentOf(bench.warehouse));
  } finally {
    await owner.close();
    await engineEnded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 240_000);

/** Of the command that loaded them, not of the facts. */
const OF_THE_IMPORT = /^(?:batch_id|received_at|replayed_at|first_seen|exported_at|valid_from|reason)$/u;
/** What tells of commands, each of them, or of the clock. */
const NO_FACTS = new Set([
  'batches',
  'changed_days',
  'restatements',
  'source_status',
  'report_runs',
  'deliveries',
  'access_log',
  'operation',
]);

/** Every fact of every public view, as sorted lines. */
async function contentOf(warehouse: Warehouse): Promise<Record<string, readonly string[]>> {
  const columns = await warehouse.query(
    typedByUser(`SELECT table, name FROM system.columns WHERE database = 'wxlive' ORDER BY table, position`),
    z.object({ table: z.string(), name: z.string() }),
  );
  const content: Record<string, readonly string[]> = {};
  for (const table of new Set(columns.map((column) => column.table))) {
    if (NO_FACTS.has(table)) continue;
    const names = columns.flatMap((column) =>
      column.table === table && !OF_THE_IMPORT.test(column.name) ? [`\`${column.name}\``] : [],
    );
    const rows = await warehouse.query(
      typedByUser(`SELECT ${names.join(', ')} FROM wxlive.\`${table}\``),
      z.record(z.string(), z.unknown()),
    );
    content[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return content;
}
