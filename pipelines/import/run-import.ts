import { basename } from 'node:path';
import { FormatError } from '../../formats/index.js';
import { DEFAULT_ACCOUNT, describeFailure, type FileFailure, type Outcome } from '../../schemas/index.js';
import { createEventKeys } from '../event-key.js';
import { RecordPartBuilder } from '../load/record-part.js';
import { BatchPublisher } from './batch-publisher.js';
import type { FilePublisher } from './file-publisher.js';
import { findEarlierImports, type EarlierImports } from './earlier-imports.js';
import type { FileReport } from './file-report.js';
import { FileTally, type FileIdentity } from './file-tally.js';
import type { ImportOptions, ImportTools } from './import-options.js';
import { FileRefused, type Input } from './input.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { OpeningFile } from './opening-file.js';
import { readStream } from './read-stream.js';
import { readWhole } from './read-whole.js';
import { RecordListBuilder } from './record-list-builder.js';
import { RowStage, type StageSettings } from './row-stage.js';
import type { StageThreads } from './stage-pool.js';

/** One file and everything that its rows meet on their way. */
export interface FileRun {
  readonly path: string;
  readonly input: Input;
  readonly options: ImportOptions;
  readonly tools: ImportTools;
  readonly identity: FileIdentity;
  readonly settings: StageSettings;
  readonly stage: RowStage;
  readonly builder: Pick<RecordPartBuilder, 'size' | 'add' | 'take'>;
  readonly tally: FileTally;
  /** null on a dry run. */
  readonly publisher: FilePublisher | null;
  /** null: the bytes are new. */
  readonly earlier: EarlierImports | null;
  /** See createEventKeys. */
  readonly salt: string;
  /** null where this thread reads alone. */
  readonly threads: StageThreads | null;
}

/** Imports one file. Never throws for what is wrong with the file; throws when the warehouse cannot take it. */
export async function runImport(
  path: string,
  options: ImportOptions,
  tools: ImportTools,
): Promise<FileReport> {
  const { sources } = tools;
  const usesThreads = tools.threads !== undefined && tools.kafka === undefined;
  return importFile(new OpeningFile(path, options, { sources, usesThreads }), tools);
}

/** Imports a file that is being opened, and closes it. */
export async function importFile(file: OpeningFile, tools: ImportTools): Promise<FileReport> {
  try {
    return await importOpened(file, await file.input, file.options, tools);
  } finally {
    await file.close();
  }
}

/** What a batch is called after, the digest of its bytes, and who helps to read it. */
export interface NamedContent {
  readonly path: string;
  sha256(): Promise<string>;
  /** null where this thread reads alone. */
  threadsFor(input: Input): Promise<StageThreads | null>;
}

/** Imports what was opened, a file or replies of an API; refusals are reports. The caller closes it. */
export async function importOpened(
  content: NamedContent,
  input: Outcome<Input, FileFailure>,
  options: ImportOptions,
  tools: ImportTools,
): Promise<FileReport> {
  const refuse = (failure: FileFailure): FileReport => ({
    file: content.path,
    error: { code: failure.code, ...describeFailure(failure, options.language) },
  });
  if (!input.ok) return refuse(input.failure);
  try {
    return await importInput(content, input.value, options, tools);
  } catch (error) {
    if (error instanceof FileRefused) return refuse(error.failure);
    if (error instanceof FormatError) return refuse(error.failure);
    throw error;
  }
}

async function importInput(
  content: NamedContent,
  input: Input,
  options: ImportOptions,
  tools: ImportTools,
): Promise<FileReport> {
  const { path } = content;
  const threads = await content.threadsFor(input);
  const kafka = options.dryRun ? null : (tools.kafka ?? null);
  const opening = options.dryRun || kafka !== null ? null : tools.bus();
  const [digestOfFile, bus] = await Promise.all([content.sha256(), opening]);
  const identity: FileIdentity = {
    file: basename(path),
    sha256: digestOfFile,
    adapter: input.source.name,
    account: options.account ?? DEFAULT_ACCOUNT,
    startedAt: Date.now(),
  };
  const { file, sha256, startedAt } = identity;
  const { room, wallClockZone, amountUnit, eventMap, language, dryRun } = options;
  const settings: StageSettings = {
    file,
    sha256,
    startedAt,
    context: { room, wallClockZone, amountUnit, eventMap },
    replay: { exportedAt: options.exportedAt, aliases: options.aliases },
    language,
    keepsRejects: !dryRun,
  };
  const salt = bus?.salt ?? '';
  const builder = kafka === null ? new RecordPartBuilder(createEventKeys(salt)) : new RecordListBuilder();
  const { pseudonymizer, seal, warehouse } = tools;
  const stage = new RowStage(settings, { source: input.source, pseudonymizer, seal }, builder);
  const tally = new FileTally();
  const direct = bus === null ? null : new BatchPublisher(warehouse, bus, identity, tally);
  const publisher = kafka === null ? direct : new KafkaPublisher(warehouse, kafka, identity, tally);
  const earlier = await findEarlierImports(warehouse, identity);
  const steps = { stage, builder, tally, publisher, earlier, salt, threads };
  const run: FileRun = { path, input, options, tools, identity, settings, ...steps };
  await (input.source.loads === 'whole' ? readWhole(run) : readStream(run));
  await publisher?.finish();
  tools.progress.end();
  return tally.report(path, input.source.name, publisher?.number ?? null, startedAt);
}
