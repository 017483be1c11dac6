/**
 * Hurts good files of every reader and looks that each gives right rows or one clear code, within 20 s and 1 GB, without
 * an unhandled rejection: `node dist/bench/nightly-fuzz.js [--mutations 10000] [--seed 0] [--reader NAME] [--processes 2]`.
 * A failure is printed with its seed; `--keep FILE` writes the file of `--reader` and `--seed` instead. Ends with exit
 * code 1 after any failure.
 */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { FUZZED_READERS, fuzzedBytes, type FuzzedReader } from './nightly-fuzz/case.js';
import type { FuzzOrder } from './nightly-fuzz/child.js';
import { fuzz } from './nightly-fuzz/pool.js';

const { values: flags } = parseArgs({
  options: {
    mutations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '0' },
    reader: { type: 'string' },
    processes: { type: 'string', default: '2' },
    keep: { type: 'string' },
  },
});
const readers = FUZZED_READERS.filter((reader) => flags.reader === undefined || reader === flags.reader);
const [first] = readers;
if (first === undefined) throw new Error(`--reader is one of ${FUZZED_READERS.join(', ')}`);
const seed = Number(flags.seed);

if (flags.keep === undefined) {
  for (const reader of readers) await fuzzReader(reader);
} else {
  writeFileSync(flags.keep, await fuzzedBytes(first, seed));
}

async function fuzzReader(reader: FuzzedReader): Promise<void> {
  const begun = performance.now();
  const outcomes = new Map<string, number>();
  let mostSeconds = 0;
  let mostMegabytes = 0;
  await fuzz(ordersOf(reader), Number(flags.processes), (result) => {
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    mostSeconds = Math.max(mostSeconds, result.seconds);
    mostMegabytes = Math.max(mostMegabytes, result.peakMegabytes);
    if (result.complaint === null) return;
    process.exitCode = 1;
    console.log(`FAILED --reader ${reader} --seed ${result.seed}: ${result.outcome}: ${result.complaint}`);
  });
  const seconds = (performance.now() - begun) / 1000;
  const counts = Array.from(outcomes, ([outcome, count]) => `${outcome} ${count}`).join(', ');
  console.log(
    `${reader}: ${flags.mutations} mutations from seed ${seed} in ${seconds.toFixed(0)} s: ${counts}; slowest ` +
      `${mostSeconds.toFixed(1)} s, most ${mostMegabytes.toFixed(0)} MB; load ${loadavg()[0]?.toFixed(1) ?? ''}`,
  );
}

function* ordersOf(reader: FuzzedReader): Generator<FuzzOrder, undefined> {
  for (let at = 0; at < Number(flags.mutations); at += 1) yield { reader, seed: seed + at };
  return undefined;
}
