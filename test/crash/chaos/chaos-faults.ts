import type { ChaosReport } from './kafka-chaos.js';

/** Ways in which messages lie to the range before that a kill alone brings about, sooner or later. */
const OF_KILLS = ['next', 'same', 'contained', 'overlap_right'] as const;
/** Those that somebody has to bring about. */
const FORCED = ['overlap_left', 'older', 'gap', 'recreated', 'rewound', 'partition_added'] as const;

/** What is wrong with a run of the chaos, in words; nothing when it was survived and everything came up. */
export function chaosFaults(
  report: ChaosReport,
  options: { readonly leastKills: number; readonly forced: boolean },
): readonly string[] {
  const faults: string[] = [];
  for (const what of ['lost', 'doubled', 'strange'] as const) {
    if (report[what].length > 0) {
      faults.push(`${report[what].length} events ${what}: ${report[what].slice(0, 5).join(', ')}`);
    }
  }
  if (report.readable > 0) faults.push(`${report.readable} messages in which an id can be read`);
  faults.push(...report.differences);
  const { expected, found } = report.deadLetters;
  if (expected !== found) faults.push(`${expected} bad rows were acknowledged, ${found} are in rejects`);
  if (report.exits.some((code) => code !== 0)) faults.push(`SIGTERM: exit codes ${report.exits.join(', ')}`);
  for (const [name, times] of Object.entries(report.kills)) {
    if (times < options.leastKills) faults.push(`${name} was killed ${times} times`);
  }
  if (options.forced) {
    for (const name of [...OF_KILLS, ...FORCED]) {
      if ((report.cases[name] ?? 0) === 0) faults.push(`no ${name} came up`);
    }
  }
  return faults;
}
