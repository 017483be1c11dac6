/** Paths by following every start by hand. For small data; shares no code with the engine. */
export interface OracleStep {
  readonly person: number;
  readonly id: string;
  readonly time: number;
  readonly event: string;
  readonly starts: boolean;
}

export interface OraclePaths {
  /** People by `a>b>c`. */
  readonly paths: ReadonlyMap<string, ReadonlySet<number>>;
  /** People by `a>b`. */
  readonly transitions: ReadonlyMap<string, ReadonlySet<number>>;
  readonly people: number;
  readonly starts: number;
}

export function oraclePaths(all: readonly OracleStep[], steps: number, gapMs: number): OraclePaths {
  const paths = new Map<string, Set<number>>();
  const transitions = new Map<string, Set<number>>();
  const note = (map: Map<string, Set<number>>, key: string, person: number): void => {
    map.set(key, (map.get(key) ?? new Set<number>()).add(person));
  };
  const acts = all.filter(({ event }) => event !== 'live_heartbeat');
  const order = (left: OracleStep, right: OracleStep): number =>
    left.time - right.time || (left.id < right.id ? -1 : 1);
  for (const start of acts.filter((act) => act.starts)) {
    const later = acts
      .filter((act) => act.person === start.person && (act === start || order(act, start) > 0))
      .sort(order);
    const path = [start.event];
    let before = start;
    for (const act of later.slice(1)) {
      if (act.time - before.time > gapMs) break;
      before = act;
      if (act.event === path.at(-1)) continue;
      if (path.length === steps) break;
      note(transitions, `${path.at(-1) ?? ''}>${act.event}`, start.person);
      path.push(act.event);
    }
    note(paths, path.join('>'), start.person);
  }
  const starters = acts.filter(({ starts }) => starts);
  return {
    paths,
    transitions,
    people: new Set(starters.map(({ person }) => person)).size,
    starts: starters.length,
  };
}
