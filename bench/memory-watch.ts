import { readFile } from 'node:fs/promises';

const LOOK_MS = 500;
const TELL_SECONDS = 10;
/** Caches fill and heaps find their size: growth is judged from then on, in a run that is long enough. */
const WARM_SECONDS = 60;

interface Sample {
  readonly seconds: number;
  readonly megabytes: number;
}

/**
 * Watches the resident memory of processes. A run of more than a minute is told every ten seconds.
 *
 * @param processes ids by name
 */
export function watchMemory(processes: Readonly<Record<string, number>>): { stop(): readonly string[] } {
  const began = performance.now();
  const samples = new Map<string, Sample[]>(Object.keys(processes).map((name) => [name, []]));
  let told = 0;
  const look = async (): Promise<void> => {
    const seconds = (performance.now() - began) / 1000;
    for (const [name, id] of Object.entries(processes)) {
      samples.get(name)?.push({ seconds, megabytes: await residentMegabytes(id) });
    }
    if (seconds < told + TELL_SECONDS) return;
    told = seconds;
    const now = [...samples].map(([name, all]) => `${name} ${(all.at(-1)?.megabytes ?? 0).toFixed(0)}`);
    if (seconds > 2 * TELL_SECONDS) console.log(`  ${seconds.toFixed(0)} s  MB: ${now.join(', ')}`);
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return [
        `memory MB at 0, ¼, ½, ¾ and the end: ${[...samples].map(([name, all]) => `${name} ${quarters(all)}`).join(', ')}`,
        `memory grows, MB a minute: ${[...samples].map(([name, all]) => `${name} ${growth(all)}`).join(', ')}`,
      ];
    },
  };
}

function quarters(all: readonly Sample[]): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => (all[Math.floor((all.length - 1) * share)]?.megabytes ?? 0).toFixed(0))
    .join(' ');
}

/** The slope of a straight line through what was seen once it was warm, by least squares. */
function growth(all: readonly Sample[]): string {
  const warm = all.filter(({ seconds }) => seconds > WARM_SECONDS);
  if ((warm.at(-1)?.seconds ?? 0) < 2 * WARM_SECONDS) return 'too short a run to say';
  const mean = (of: (sample: Sample) => number): number =>
    warm.reduce((sum, sample) => sum + of(sample), 0) / warm.length;
  const [seconds, megabytes] = [mean((one) => one.seconds), mean((one) => one.megabytes)];
  const above = warm.reduce((sum, one) => sum + (one.seconds - seconds) * (one.megabytes - megabytes), 0);
  const below = warm.reduce((sum, one) => sum + (one.seconds - seconds) ** 2, 0);
  return ((above / below) * 60).toFixed(1);
}

async function residentMegabytes(processId: number): Promise<number> {
  const text = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(text)?.[1] ?? 0) / 1024;
}
