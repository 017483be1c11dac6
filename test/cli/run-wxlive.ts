import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../sql/index.js';
import { buildChildOnce } from '../servers/clickhouse.js';

const ENTRY = join(packageRoot(), 'dist', 'cli', 'main.js');
/** Variables of the developer's own shell that would change what a command does. */
const FOREIGN = /^(WXLIVE_|CLICKHOUSE_|KAFKA_)/;

export interface RunOptions {
  /** The folder `--data` names; left out when null. */
  readonly dataDir: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

export interface RunResult {
  /** Exit code, or the name of the signal that ended it. */
  readonly exit: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command as a user does, without the developer's own settings. */
export function startWxlive(args: readonly string[], options: RunOptions): ReturnType<typeof spawn> {
  buildChildOnce();
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const data = options.dataDir === null ? [] : ['--data', options.dataDir];
  return spawn(process.execPath, [ENTRY, ...args, ...data], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(own), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Runs the built command to its end. */
export async function runWxlive(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const child = startWxlive(args, options);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => out.push(part));
  child.stderr?.on('data', (part: Buffer) => err.push(part));
  // A command that ends without reading its input is judged by its exit code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const exit = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(signal ?? code ?? -1);
    });
  });
  return { exit, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}

const rejectSchema = z.strictObject({ where: z.string(), code: z.string(), reason: z.string().min(1) });
const loadedSchema = z.object({
  file: z.string(),
  adapter: z.string(),
  batch_id: z.string().nullable(),
  rows: z.number().int(),
  accepted: z.number().int(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
  held: z.number().int(),
  conflicts: z.number().int(),
  seconds: z.number(),
  rejects: z.array(rejectSchema).max(20),
});
const unusableSchema = z.strictObject({
  file: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string().min(1), fix: z.string().min(1) }),
});
const importSchema = z.strictObject({ files: z.array(z.union([unusableSchema, loadedSchema])) });
export type ImportedFile = z.infer<typeof loadedSchema>;
export type ImportAnswer = ImportedFile | z.infer<typeof unusableSchema>;

/** What `import --json` printed, in the shape PRODUCT §8 promises; throws when it is another. */
export function parseImport(result: RunResult): readonly ImportAnswer[] {
  return importSchema.parse(JSON.parse(result.stdout)).files;
}

/** The code of an unusable file; null when it was loaded. */
export function errorCode(answer: ImportAnswer | undefined): string | null {
  return answer !== undefined && 'error' in answer ? answer.error.code : null;
}
