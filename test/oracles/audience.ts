/** The audience of one room by looking at every millisecond. For tiny data; shares no code with the engine. */
export interface OracleAct {
  readonly person: number;
  readonly time: number;
  readonly event: string;
  readonly replay: boolean;
}

export interface OracleAudience {
  readonly viewers: number;
  readonly views: number;
  readonly watchMs: number;
  readonly peak: number;
  readonly peakAt: number | null;
  readonly replayMs: number;
  readonly replayViewers: number;
  /** Watch time of each viewer in ms. */
  readonly each: readonly number[];
  onlineAt(time: number): number;
}

export function oracleAudience(
  acts: readonly OracleAct[],
  lives: readonly { readonly from: number; readonly to: number }[],
  timeoutMs: number,
  span: number,
): OracleAudience {
  const people = [...new Set(acts.map(({ person }) => person))];
  const online = new Array<number>(span).fill(0);
  const each: number[] = [];
  let replayMs = 0;
  let replayViewers = 0;
  for (const person of people) {
    const own = acts.filter((act) => act.person === person);
    const watching = milliseconds(
      own.filter(({ replay }) => !replay),
      timeoutMs,
      span,
    );
    let watched = 0;
    let replayed = milliseconds(
      own.filter(({ replay }) => replay),
      timeoutMs,
      span,
    ).filter(Boolean).length;
    let replayRun = false;
    for (let time = 0; time < span; time += 1) {
      if (watching[time] !== true) {
        replayRun = false;
        continue;
      }
      const inLive = lives.length === 0 || lives.some(({ from, to }) => time >= from && time < to);
      const begins = time === 0 || watching[time - 1] !== true;
      if (begins && !inLive && lives.some(({ to }) => to <= time)) replayRun = true;
      if (inLive) {
        replayRun = false;
        watched += 1;
        online[time] = (online[time] ?? 0) + 1;
      } else if (replayRun) replayed += 1;
    }
    each.push(watched);
    replayMs += replayed;
    if (replayed > 0) replayViewers += 1;
  }
  const peak = Math.max(0, ...online);
  return {
    viewers: new Set(acts.filter(({ replay }) => !replay).map(({ person }) => person)).size,
    views: acts.filter(({ event }) => event === 'live_enter').length,
    watchMs: each.reduce((sum, time) => sum + time, 0),
    peak,
    peakAt: peak === 0 ? null : online.indexOf(peak),
    replayMs,
    replayViewers,
    each,
    onlineAt: (time) => online[time] ?? 0,
  };
}

/** Whether the person watches in each millisecond: after an event until the next, unless a leave left no enter open. */
function milliseconds(acts: readonly OracleAct[], timeoutMs: number, span: number): boolean[] {
  const rank = (act: OracleAct): number => ['live_enter', 'live_leave'].indexOf(act.event);
  const sorted = [...acts].sort((left, right) => left.time - right.time || rank(left) - rank(right));
  const watching = new Array<boolean>(span).fill(false);
  let open = 0;
  sorted.forEach((act, index) => {
    const before = sorted[index - 1];
    if (before !== undefined && act.time - before.time > timeoutMs) open = 0;
    if (act.event === 'live_enter') open += 1;
    if (act.event === 'live_leave') open = Math.max(0, open - 1);
    const next = sorted[index + 1];
    const present = act.event !== 'live_leave' || open > 0;
    if (!present || next === undefined || next.time - act.time > timeoutMs) return;
    for (let time = act.time; time < next.time; time += 1) watching[time] = true;
  });
  return watching;
}
