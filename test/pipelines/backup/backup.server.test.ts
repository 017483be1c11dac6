import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checkKey,
  createPseudonymizer,
  erasePerson,
  openDirectBus,
  PseudonymKey,
  readBackup,
  restoreBackup,
  runImport,
  Seal,
  SOURCES,
  turnsOf,
  writeBackup,
  type Backup,
  type BackupManifest,
  type FileReport,
  type ImportOptions,
  type RestoreOptions,
} from '../../../pipelines/index.js';
import { openManifest, sealManifest } from '../../../pipelines/backup/manifest.js';
import { ANALYSES } from '../../../reports/index.js';
import {
  acquireLoaderLease,
  InterruptedRestore,
  migrate,
  readLedger,
  typedByUser,
  type Warehouse,
} from '../../../sql/index.js';
import { readExpected, SAMPLES } from '../../reports/analyses/expected-figures.js';
import { seededRandom } from '../../seeded-random.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { readExpectedSamples, type ImportCall } from '../../suites/expected-samples.js';

/**
 * The samples with all that they bring about (rejects, links, held lists, restated minutes), an erasure, a delivery;
 * backed up, brought back into a folder of its own, and asked the same questions.
 */
const expected = readExpectedSamples();
const ZONE = 'Asia/Shanghai';
const render = { reportZone: ZONE, channelGroups: {} };
const progress = { update: () => undefined, end: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'wxlive-backup-'));
const parent = join(folder, 'backups');
const outboxOf = (test: TestWarehouse): string => join(test.dataDir, 'outbox');
const parsed = PseudonymKey.parse(expected.pseudonym_key);
if (!parsed.ok) throw new Error('the key of the samples is no key');
const key = parsed.value;
const pseudonymizer = createPseudonymizer(key);
const seal = new Seal(key);
let original: TestWarehouse;
let restored: TestWarehouse;
let backup: Backup;

/** Imports each call, in order; what was said of each file. */
async function importCalls(test: TestWarehouse, calls: readonly ImportCall[]): Promise<FileReport[]> {
  const bus = await openDirectBus(test.warehouse, test.dataDir);
  const tools = {
    sources: SOURCES,
    pseudonymizer,
    seal,
    warehouse: test.warehouse,
    bus: () => Promise.resolve(bus),
    progress,
  };
  const reports: FileReport[] = [];
  try {
    for (const call of calls) {
      const password = call.password === null ? undefined : expected.passwords[call.password];
      for (const file of call.files) {
        const options: ImportOptions = {
          adapter: null,
          room: call.room,
          account: null,
          passwords: password === undefined ? [] : [password],
          wallClockZone: call.time_zone ?? null,
          amountUnit: null,
          exportedAt: null,
          scope: null,
          acceptShrink: call.accept_shrink === true,
          dryRun: false,
          aliases: [],
          eventMap: {},
          language: 'en',
        };
        reports.push(await runImport(resolve(SAMPLES, file), options, tools));
      }
    }
  } finally {
    await bus.close();
  }
  return reports;
}

async function backUp(test: TestWarehouse, warehouse: Warehouse = test.warehouse): Promise<Backup> {
  return writeBackup(warehouse, {
    parent,
    outbox: outboxOf(test),
    reportZone: ZONE,
    turn: await turnsOf(warehouse, test.dataDir).take(),
    progress,
    steps: { writing: 'writing', checking: 'checking' },
  });
}

async function restore(
  test: TestWarehouse,
  from: string,
  options: Partial<RestoreOptions> = {},
  warehouse: Warehouse = test.warehouse,
): ReturnType<typeof restoreBackup> {
  const checked = await readBackup(from);
  if (!checked.ok) throw new Error(`the backup is refused: ${checked.failure.code}`);
  return restoreBackup(warehouse, checked.value, {
    outbox: outboxOf(test),
    render,
    key,
    turns: turnsOf(warehouse, test.dataDir),
    progress,
    step: 'restoring',
    ...options,
  });
}

const textRow = z.record(z.string(), z.string());
const ask = (warehouse: Warehouse, sql: string): Promise<Record<string, string>[]> =>
  warehouse.query(typedByUser(sql), textRow);

/** Name → rows and an order-independent hash of them: every public view, every table in the state that counts. */
async function fingerprints(
  warehouse: Warehouse,
  wanted: readonly string[] | null = null,
): Promise<Record<string, string>> {
  const names = await ask(
    warehouse,
    `SELECT concat(database, '.', name) AS full_name, if(startsWith(engine, 'Replacing'), 'FINAL', '') AS final
     FROM system.tables
     WHERE (database = 'wxlive' AND engine = 'View') OR (database = 'wxlive_store' AND endsWith(engine, 'MergeTree') AND name != 'warehouse_ledger')`,
  );
  expect(names.length).toBeGreaterThan(50);
  const found: Record<string, string> = {};
  for (const { full_name: name = '', final = '' } of names) {
    if (wanted?.includes(name) === false) continue;
    const [row] = await ask(
      warehouse,
      `SELECT concat(toString(count()), ' ', toString(sum(cityHash64(tuple(*))))) AS content FROM ${name} ${final}`,
    );
    found[name] = row?.['content'] ?? '';
  }
  return found;
}

async function analyses(warehouse: Warehouse): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const kind of ['funnel', 'attribution', 'attendance']) {
    const analysis = ANALYSES.find(({ name }) => name === kind);
    const specs = readExpected().analyses.filter((one) => one.kind === kind);
    for (const { spec } of specs.slice(0, 2)) {
      const answer = await analysis?.answer(warehouse, spec, { timeZone: ZONE });
      if (answer?.ok !== true) throw new Error(`${kind} cannot be answered`);
      results.push(answer.value.result);
    }
  }
  return results;
}

beforeAll(async () => {
  [original, restored] = await Promise.all([startTestWarehouse(), startTestWarehouse()]);
  await migrate(original.warehouse, render);
  expect((await checkKey(original.warehouse, key)).ok).toBe(true);
  await importCalls(original, expected.imports);
  const { id } = expected.viewer_lookup;
  const [first, ...others] = pseudonymizer.customersOfId(id);
  if (first === undefined) throw new Error('the samples name no id');
  const erasure = await erasePerson(original.warehouse, [first, ...others], {
    seal,
    pseudonymizer,
    rawId: id,
  });
  expect(erasure.state).toBe('erased');
  await original.warehouse.command(
    typedByUser(
      "INSERT INTO wxlive_store.delivery_states_ledger (report, scheduled_at, recipient, channel, version, state, frozen, written_at) VALUES ('daily', '2026-09-12 01:00:00', 'boss', 'folder', 1, 'sending', true, '2026-09-12 01:00:01')",
    ),
  );
  const waiting = join(outboxOf(original), '日报', '1-0');
  mkdirSync(waiting, { recursive: true });
  writeFileSync(join(waiting, 'manifest.json'), '{"frozen":true}');
  await migrate(original.warehouse, render);
  const { pseudonym_key: raw } = expected;
  backup = await backUp(original);
  expect(readFileSync(join(backup.folder, 'manifest.json'), 'utf8')).not.toContain(raw);
}, 120_000);

afterAll(async () => {
  await Promise.all([original.stop(), restored.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a backup', () => {
  it('holds what the warehouse holds, and says so', async () => {
    expect(readdirSync(parent)).toEqual([
      expect.stringMatching(/^wxlive-backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/u),
    ]);
    const { manifest } = backup;
    const counted = Object.fromEntries(manifest.tables.map(({ table, rows }) => [table, rows]));
    for (const table of [
      'events_store',
      'order_facts_store',
      'rejects_store',
      'identities_store',
      'tombstones_store',
      'erasures_ledger',
      'restatements_store',
      'delivery_states_ledger',
      'recent_keys_store',
      'attendance_store',
      'sign_ins_store',
      'minutes_store',
    ]) {
      expect(counted[table], table).toBeGreaterThan(0);
    }
    const [held] = await ask(
      original.warehouse,
      "SELECT toString(count()) AS held FROM wxlive.batches WHERE state = 'held'",
    );
    expect(Number(held?.['held'])).toBeGreaterThan(0);
    expect(manifest.key_fingerprint).toBe(key.fingerprint());
    expect(manifest.outbox.map(({ path }) => path)).toEqual(['outbox/日报/1-0/manifest.json']);
    expect(manifest.migrations.length).toBeGreaterThan(7);
  });

  it('leaves nothing behind when it fails, and gives the lease back', async () => {
    const broken: Warehouse = {
      ...original.warehouse,
      session: () => Promise.reject(new Error('the database went away')),
    };
    const before = readdirSync(parent);
    await expect(backUp(original, broken)).rejects.toThrow('went away');
    expect(readdirSync(parent)).toEqual(before);
    (await acquireLoaderLease(original.dataDir, { waitMs: 0 })).release();
  });
});

describe('what restore refuses before it writes anything', () => {
  const random = seededRandom(7);
  let copies = 0;
  const copy = (): string => {
    const path = join(folder, `copy-${String(copies++)}`);
    cpSync(backup.folder, path, { recursive: true });
    return path;
  };
  const codeOf = async (path: string): Promise<string | null> => {
    const checked = await readBackup(path);
    return checked.ok ? null : checked.failure.code;
  };
  const allFiles = (): string[] =>
    readdirSync(backup.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(backup.folder.length + 1));
  const rewrite = (path: string, change: (manifest: BackupManifest) => BackupManifest): void => {
    const manifest = openManifest(readFileSync(join(path, 'manifest.json'), 'utf8'));
    if (!manifest.ok) throw new Error('no manifest');
    writeFileSync(join(path, 'manifest.json'), sealManifest(change(manifest.value)));
  };

  it('any byte that is another, in any file', async () => {
    const path = copy();
    expect(await codeOf(path)).toBeNull();
    for (const file of allFiles()) {
      const bytes = readFileSync(join(path, file));
      const changed = Buffer.from(bytes);
      // White space of the manifest says nothing; a digit or letter does.
      let at = random.below(bytes.length);
      while (!/[0-9a-z]/u.test(String.fromCharCode(changed[at] ?? 0)) && file === 'manifest.json')
        at = (at + 1) % bytes.length;
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(join(path, file), changed);
      expect(await codeOf(path), `${file} at ${String(at)}`).toBe('damaged');
      writeFileSync(join(path, file), bytes);
    }
    expect(await codeOf(path)).toBeNull();
  });

  it('a file that is cut, gone, or of another table', async () => {
    const path = copy();
    const table = (name: string): string => join(path, 'tables', `${name}.native`);
    const events = readFileSync(table('events_store'));
    truncateSync(table('events_store'), events.length - 1);
    expect(await codeOf(path)).toBe('damaged');
    rmSync(table('events_store'));
    expect(await codeOf(path)).toBe('damaged');
    renameSync(table('order_facts_store'), table('events_store'));
    expect(await codeOf(path)).toBe('damaged');
  });

  it('a backup that was not finished, a folder of several, one of a newer version', async () => {
    const unfinished = copy();
    rmSync(join(unfinished, 'manifest.json'));
    expect(await codeOf(unfinished)).toBe('no_backup');
    expect(await codeOf(join(folder, 'nowhere'))).toBe('no_backup');
    const newer = copy();
    rewrite(newer, (manifest) => ({
      ...manifest,
      migrations: [...manifest.migrations, { name: '9999_later.sql', sha256: '0'.repeat(64) }],
    }));
    expect(await codeOf(newer)).toBe('newer');
    const several = join(folder, 'several');
    renameSync(copy(), join(several + '-a'));
    mkdirSync(several);
    cpSync(backup.folder, join(several, 'one'), { recursive: true });
    expect(await codeOf(several)).toBeNull();
    cpSync(backup.folder, join(several, '.two.partial'), { recursive: true });
    expect(await codeOf(several)).toBeNull();
    cpSync(backup.folder, join(several, 'two'), { recursive: true });
    expect(await codeOf(several)).toBe('several');
  });

  it('a path that leads out of the folder', () => {
    const text = readFileSync(join(backup.folder, 'manifest.json'), 'utf8');
    const manifest = openManifest(text);
    if (!manifest.ok) throw new Error('no manifest');
    const [file] = manifest.value.outbox;
    if (file === undefined) throw new Error('nothing in the outbox');
    for (const path of ['outbox/../../x', '/etc/passwd', 'outbox//x', '..']) {
      expect(openManifest(sealManifest({ ...manifest.value, outbox: [{ ...file, path }] })).ok, path).toBe(
        false,
      );
    }
  });
});

describe('a restored warehouse', () => {
  let before: Record<string, string>;
  let analysed: unknown[];
  beforeAll(async () => {
    [before, analysed] = [await fingerprints(original.warehouse), await analyses(original.warehouse)];
  });

  it('is refused when the folder has another key', async () => {
    const other = PseudonymKey.parse('11'.repeat(32));
    if (!other.ok) throw new Error('no key');
    const answer = await restore(restored, backup.folder, { key: other.value });
    expect(answer).toEqual({ ok: false, failure: { code: 'other_key' } });
  });

  it('is no warehouse while half of it is there, and is begun again', async () => {
    let inserts = 0;
    const dying: Warehouse = {
      ...restored.warehouse,
      insert: (request) => {
        const facts = 'table' in request && request.table.endsWith('_store');
        return facts && ++inserts > 5
          ? Promise.reject(new Error('killed'))
          : restored.warehouse.insert(request);
      },
    };
    await expect(restore(restored, backup.folder, {}, dying)).rejects.toThrow('killed');
    await expect(migrate(restored.warehouse, render)).rejects.toThrow(InterruptedRestore);
    const answer = await restore(restored, backup.folder, { key: null });
    expect(answer).toMatchObject({
      ok: true,
      value: { resumed: true, tables: backup.manifest.tables.length },
    });
  });

  it('answers the same: every view, every table, analyses, what waits to be sent', async () => {
    expect(await fingerprints(restored.warehouse)).toEqual(before);
    expect(await analyses(restored.warehouse)).toEqual(analysed);
    expect(readFileSync(join(outboxOf(restored), '日报', '1-0', 'manifest.json'), 'utf8')).toBe(
      '{"frozen":true}',
    );
    const ledger = await readLedger(restored.warehouse);
    expect(ledger.get('key_fingerprint')).toBe(key.fingerprint());
    expect(ledger.get('restore')).toBe(`done ${backup.manifest.backup_id}`);
  });

  it('is not restored over', async () => {
    expect(await restore(restored, backup.folder)).toMatchObject({
      ok: false,
      failure: { code: 'not_empty' },
    });
  });

  it('takes nothing from files that were imported before', async () => {
    const again = /^(?:events|edge|sensors|orders|watch-l1|signin|roster)/u;
    const calls = expected.imports.flatMap((call) => {
      const files = call.files.filter((file) => again.test(file));
      return files.length > 0 ? [{ ...call, files }] : [];
    });
    const reports = await importCalls(restored, calls);
    expect(reports.length).toBeGreaterThan(12);
    for (const report of reports) if (!('error' in report)) expect(report.accepted, report.file).toBe(0);
    const facts = [
      'wxlive_store.events_store',
      'wxlive_store.order_facts_store',
      'wxlive.attendance',
      'wxlive_store.identities_store',
      'wxlive_store.employees_store',
      'wxlive.live_daily',
      'wxlive.rejects',
    ];
    const after = await fingerprints(restored.warehouse, facts);
    expect(after).toEqual(Object.fromEntries(facts.map((name) => [name, before[name]])));
  }, 60_000);
});

describe('a backup beside an import', () => {
  it('holds what was there at one moment; the import once more brings exactly the rest', async () => {
    const path = join(folder, 'many.ndjson');
    const lines = Array.from({ length: 20_000 }, (_, at) =>
      JSON.stringify({
        event_id: `m${String(at)}`,
        event: 'live_enter',
        time: 1_789_000_000_000 + at * 100,
        openid: `o${String(at % 500).padStart(27, 'Q')}`,
        room_id: '77',
      }),
    );
    writeFileSync(path, lines.join('\n'));
    const call: ImportCall = { phase: 'A', files: [path], room: null, password: null, exit: [0] };
    const [, beside] = await Promise.all([importCalls(original, [call]), backUp(original)]);
    expect(existsSync(beside.folder)).toBe(true);
    const third = await startTestWarehouse();
    try {
      expect((await restore(third, beside.folder)).ok).toBe(true);
      await importCalls(third, [call]);
      const count =
        "SELECT toString(count()) AS rows, toString(uniqExact(event_id)) AS ids FROM wxlive.events WHERE room_id = '77'";
      expect(await ask(third.warehouse, count)).toEqual([{ rows: '20000', ids: '20000' }]);
      expect(await ask(third.warehouse, count)).toEqual(await ask(original.warehouse, count));
    } finally {
      await third.stop();
    }
  }, 60_000);
});
