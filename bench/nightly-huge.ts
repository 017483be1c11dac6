/**
 * Files of gigabytes and bombs, made as streams, through `wxlive inspect` and `import`: a refusal within 20 s and 1 GB
 * whatever the file, a good file within 1 GB: `node dist/bench/nightly-huge.js [--scale 1] [--only TEXT]`.
 * Seconds are wall time beside processor time of everything the command started but the engine; on a machine that does
 * other work a refusal is judged by the smaller. Ends with exit code 1 after any failure. Needs some 8 GB of disk.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { packageRoot } from '../sql/index.js';
import { HUGE_CASES, type HugeCase } from './nightly-huge/cases.js';
import { treeMegabytes } from './process-tree.js';

const MAIN = join(packageRoot(), 'dist', 'cli', 'main.js');
const MOST_SECONDS = 20;
const MOST_MEGABYTES = 1024;
const SAMPLE_MS = 50;
/** The engine is the warehouse, not the reader. */
const ENGINE = /engine[/\\]child\.js/u;

const { values: flags } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const scale = Number(flags.scale);
const folder = mkdtempSync(join(tmpdir(), 'wxlive-huge-'));
const dataDir = join(folder, 'data');

const answerSchema = z.object({
  files: z.tuple([
    z.object({
      rows: z.number().optional(),
      tables: z.array(z.object({ rows: z.number() })).optional(),
      error: z.object({ code: z.string() }).nullish(),
    }),
  ]),
});

interface Run {
  /** Of the refusal, or that there was no answer. */
  readonly code: string | null;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

try {
  // The engine and its tables are there before anything is measured.
  await run(['migrate']);
  for (const one of HUGE_CASES.filter(({ name }) => name.includes(flags.only))) await measure(one);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(one: HugeCase): Promise<void> {
  const path = join(folder, one.file);
  await pipeline(Readable.from(one.bytes(scale)), createWriteStream(path));
  const megabytes = statSync(path).size / 1e6;
  const result = await run([one.command, '--json', path]);
  rmSync(path);
  const wrong = complaintOf(one, result);
  if (wrong !== null) process.exitCode = 1;
  console.log(
    `${wrong === null ? 'ok    ' : 'FAILED'} ${one.name} (${megabytes.toFixed(0)} MB): ` +
      `${result.code ?? `${result.rows} rows`} in ${result.seconds.toFixed(1)} s, ${result.cpuSeconds.toFixed(1)} s of ` +
      `CPU, ${result.peakMegabytes.toFixed(0)} MB; load ${loadavg()[0]?.toFixed(1) ?? ''}${wrong === null ? '' : `: ${wrong}`}`,
  );
}

function complaintOf(
  { expected }: HugeCase,
  { code, rows, seconds, cpuSeconds, peakMegabytes }: Run,
): string | null {
  if (peakMegabytes > MOST_MEGABYTES) return `more than ${MOST_MEGABYTES} MB`;
  if ('rows' in expected) {
    if (code !== null) return 'a good file was refused';
    const wanted = expected.rows(scale);
    return wanted < 0 || wanted === rows ? null : `${wanted} rows were expected`;
  }
  const codes: readonly (string | null)[] = expected.codes;
  if (!codes.includes(code)) return `expected ${expected.codes.join(' or ')}`;
  return Math.min(seconds, cpuSeconds) > MOST_SECONDS
    ? `a refusal within ${MOST_SECONDS} s was expected`
    : null;
}

/** Runs the built command over the private engine of the folder. */
async function run(args: readonly string[]): Promise<Run> {
  const begun = performance.now();
  const child = spawn(
    '/usr/bin/env',
    [
      'bash',
      '-c',
      '"$@"; status=$?; times >&3; exit $status',
      'bash',
      process.execPath,
      MAIN,
      ...args,
      '--data',
      dataDir,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  let peakMegabytes = 0;
  const timer = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, treeMegabytes(child.pid ?? 0, ENGINE));
  }, SAMPLE_MS);
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const times: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => output.push(part));
  child.stderr?.on('data', (part: Buffer) => errors.push(part));
  child.stdio[3]?.on('data', (part: Buffer) => times.push(part));
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  const seconds = (performance.now() - begun) / 1000;
  const spent = { seconds, cpuSeconds: secondsOfTimes(Buffer.concat(times).toString()), peakMegabytes };
  if (!args.includes('--json')) return { code: null, rows: 0, ...spent };
  const answer = Buffer.concat(output).toString();
  if (answer === '')
    return { code: `no answer: ${Buffer.concat(errors).toString().slice(0, 500)}`, rows: 0, ...spent };
  const [file] = answerSchema.parse(JSON.parse(answer)).files;
  const rows = file.rows ?? file.tables?.reduce((sum, table) => sum + table.rows, 0) ?? 0;
  return { code: file.error?.code ?? null, rows, ...spent };
}

/** The second line of what `times` of the shell says: user and system time of its children, `0m1.234s 0m0.100s`. */
function secondsOfTimes(said: string): number {
  const [, children = ''] = said.split('\n');
  return Array.from(children.matchAll(/(\d+)m([\d.]+)s/gu)).reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
