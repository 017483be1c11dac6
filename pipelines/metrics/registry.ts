/** Labels of one series: never personal data. */
export type MetricLabels = Readonly<Record<string, string>>;

/** Only grows. */
export interface Counter {
  add(labels?: MetricLabels, by?: number): void;
}

/** Goes up and down. */
export interface Gauge {
  set(value: number, labels?: MetricLabels): void;
  /** Forgets every series: for what is counted anew at each look. */
  clear(): void;
}

/** How values are spread. */
export interface Histogram {
  /** `times`: how many values of this size there were. */
  observe(value: number, labels?: MetricLabels, times?: number): void;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): string[];
}

interface Spread {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Prometheus gives a scrape up to ten seconds. */
const COLLECT_MS = 3_000;
const NAME = /^wxlive_[a-z0-9_]+$/u;
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/**
 * Figures of this process for Prometheus. One registry a process: whoever counts asks for a metric by name once and
 * keeps it; asking again under the same name gives the same one.
 */
export class MetricsRegistry {
  private readonly families = new Map<string, Family & { readonly metric: unknown }>();
  private readonly collectors: (() => void | Promise<void>)[] = [];

  /** @param collectMs longest wait for what runs before a rendering */
  constructor(private readonly collectMs = COLLECT_MS) {}

  /** @param name `wxlive_accepted_total` */
  counter(name: string, help: string): Counter {
    const values = new Map<string, number>();
    return this.register(name, help, 'counter', plainLines(name, values), () => ({
      add(labels = NO_LABELS, by = 1) {
        const key = labelText(labels);
        values.set(key, (values.get(key) ?? 0) + by);
      },
    }));
  }

  /** @param name `wxlive_consumer_lag` */
  gauge(name: string, help: string): Gauge {
    const values = new Map<string, number>();
    return this.register(name, help, 'gauge', plainLines(name, values), () => ({
      set(value, labels = NO_LABELS) {
        values.set(labelText(labels), value);
      },
      clear() {
        values.clear();
      },
    }));
  }

  /** @param buckets upper bounds, ascending; +Inf is added */
  histogram(name: string, help: string, buckets: readonly number[] = DEFAULT_BUCKETS): Histogram {
    const spreads = new Map<string, Spread>();
    return this.register(name, help, 'histogram', spreadLines(name, buckets, spreads), () => ({
      observe(value, labels = NO_LABELS, times = 1) {
        const key = labelText(labels);
        let spread = spreads.get(key);
        if (spread === undefined) {
          spread = { counts: new Array<number>(buckets.length + 1).fill(0), sum: 0, count: 0 };
          spreads.set(key, spread);
        }
        const found = buckets.findIndex((bound) => value <= bound);
        const bucket = found === -1 ? buckets.length : found;
        spread.counts[bucket] = (spread.counts[bucket] ?? 0) + times;
        spread.sum += value * times;
        spread.count += times;
      },
    }));
  }

  /** `work` runs before each rendering: for gauges whose value somebody else knows. It must not take long. */
  beforeRender(work: () => void | Promise<void>): void {
    this.collectors.push(work);
  }

  /** Prometheus text format 0.0.4. A collector that fails, or waits for a database that is away, leaves its gauges as they were. */
  async render(): Promise<string> {
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, this.collectMs);
      void Promise.allSettled(this.collectors.map(async (work) => work())).then(() => {
        clearTimeout(late);
        resolve();
      });
    });
    const lines: string[] = [];
    for (const family of this.families.values()) {
      lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`);
      lines.push(...family.lines());
    }
    return `${lines.join('\n')}\n`;
  }

  private register<Metric>(
    name: string,
    help: string,
    type: Family['type'],
    lines: () => string[],
    make: () => Metric,
  ): Metric {
    if (!NAME.test(name)) throw new TypeError(`a metric is named wxlive_…, in small letters: ${name}`);
    const there = this.families.get(name);
    if (there !== undefined) {
      if (there.type !== type) throw new TypeError(`${name} is a ${there.type} already, not a ${type}`);
      // Same name and type: made by this method with the same shape.
      return there.metric as Metric;
    }
    const metric = make();
    this.families.set(name, { name, help: help.replaceAll('\n', ' '), type, lines, metric });
    return metric;
  }
}

const NO_LABELS: MetricLabels = Object.freeze({});

function plainLines(name: string, values: ReadonlyMap<string, number>): () => string[] {
  return () => [...values].map(([labels, value]) => `${name}${braced(labels)} ${value}`);
}

function spreadLines(
  name: string,
  buckets: readonly number[],
  spreads: ReadonlyMap<string, Spread>,
): () => string[] {
  return () =>
    [...spreads].flatMap(([labels, { counts, sum, count }]) => {
      const separator = labels === '' ? '' : ',';
      let below = 0;
      const lines = buckets.map((bound, index) => {
        below += counts[index] ?? 0;
        return `${name}_bucket{${labels}${separator}le="${bound}"} ${below}`;
      });
      return [
        ...lines,
        `${name}_bucket{${labels}${separator}le="+Inf"} ${count}`,
        `${name}_sum${braced(labels)} ${sum}`,
        `${name}_count${braced(labels)} ${count}`,
      ];
    });
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function labelText(labels: MetricLabels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
