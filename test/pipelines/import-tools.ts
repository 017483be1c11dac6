import {
  createPseudonymizer,
  openDirectBus,
  PseudonymKey,
  runImport,
  Seal,
  SOURCES,
  type DirectBus,
  type FileReport,
  type ImportOptions,
  type ImportTools,
  type LoadedFile,
} from '../../pipelines/index.js';
import { migrate, type Warehouse } from '../../sql/index.js';
import { startTestWarehouse } from '../servers/clickhouse.js';

const ZONE = 'Asia/Shanghai';

/** A migrated warehouse and what an import needs, in this process: many imports in the time one command takes. */
export interface ImportBench {
  readonly warehouse: Warehouse;
  readonly tools: ImportTools;
  /** The file as it was loaded; throws when it is refused. */
  load(path: string, options?: Partial<ImportOptions>): Promise<LoadedFile>;
  stop(): Promise<void>;
}

export async function openImportBench(): Promise<ImportBench> {
  const test = await startTestWarehouse({ reportZone: ZONE });
  return importBenchOver(test.warehouse, test.dataDir, () => test.stop());
}

/** The same over a warehouse that is there; with `kafka` files go through it. */
export async function importBenchOver(
  warehouse: Warehouse,
  dataDir: string,
  stop: () => Promise<void>,
  kafka: Pick<ImportTools, 'kafka'> = {},
): Promise<ImportBench> {
  await migrate(warehouse, { reportZone: ZONE, channelGroups: {} });
  const parsed = PseudonymKey.parse('ab'.repeat(32));
  if (!parsed.ok) throw new Error('the key of the test is no key');
  let bus: DirectBus | null = null;
  const tools: ImportTools = {
    sources: SOURCES,
    pseudonymizer: createPseudonymizer(parsed.value),
    seal: new Seal(parsed.value),
    warehouse,
    bus: async () => (bus ??= await openDirectBus(warehouse, dataDir)),
    progress: { update: () => undefined, end: () => undefined },
    ...kafka,
  };
  return {
    warehouse,
    tools,
    async load(path, options = {}) {
      const report: FileReport = await runImport(path, { ...PLAIN_IMPORT, ...options }, tools);
      if ('error' in report) throw new Error(`${path}: ${report.error.code} ${report.error.message}`);
      return report;
    },
    async stop() {
      await bus?.close();
      await stop();
    },
  };
}

/** An import that nothing was said about. */
export const PLAIN_IMPORT: ImportOptions = {
  adapter: null,
  room: null,
  account: null,
  passwords: [],
  wallClockZone: null,
  amountUnit: null,
  exportedAt: null,
  scope: null,
  acceptShrink: false,
  dryRun: false,
  aliases: [],
  eventMap: {},
  language: 'en',
};
