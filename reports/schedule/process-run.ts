import type { RecipientDefinition, ReportDefinition } from '../../schemas/index.js';
import { isSettled, type Delivery, type RunKey, type Standing } from '../ledger/delivery.js';
import { givesUp, pauseAfter } from './retry-rule.js';
import { MINUTE_MS, type SchedulerTools } from './scheduler-tools.js';
import { sendDelivery } from './send-delivery.js';

/** Sources are asked for again so soon. */
const LOOK_AGAIN_MS = 2 * MINUTE_MS;

/**
 * Brings one issue as far as it can go now: waits for its sources, freezes it, sends what is due. False while it is not
 * frozen: later runs of the report keep behind it.
 */
export async function processRun(
  tools: SchedulerTools,
  definition: ReportDefinition | undefined,
  run: RunKey,
  deliveries: readonly Delivery[],
  term: number,
): Promise<boolean> {
  const known = new Map(definition?.recipients.map((recipient) => [recipient.name, recipient]));
  let open: Delivery[] = [];
  for (const delivery of deliveries.filter((one) => !isSettled(one) && one.state !== 'sending')) {
    if (known.has(delivery.recipient)) open.push(delivery);
    else await tools.ledger.advance(delivery, { state: 'failed', detail: 'no longer in a definition' }, term);
  }
  if (definition === undefined || open.length === 0) return true;
  if (open.some(({ frozen }) => !frozen)) {
    const frozen = await freeze(tools, definition, run, open, known, term);
    if (frozen === null) return false;
    open = [...frozen];
  }
  await sendAll(tools, definition, open, known, term);
  return true;
}

/** Renders for all who have nothing frozen yet; null when it has to wait. */
async function freeze(
  tools: SchedulerTools,
  definition: ReportDefinition,
  run: RunKey,
  open: readonly Delivery[],
  known: ReadonlyMap<string, RecipientDefinition>,
  term: number,
): Promise<readonly Delivery[] | null> {
  const now = tools.clock.now();
  const unfrozen = open.filter(({ frozen }) => !frozen);
  if (unfrozen.some(({ nextAt }) => nextAt > now)) return null;
  const deadline = run.scheduledAt + definition.lateness.max_wait_minutes * MINUTE_MS;
  const missing = run.issue === 0 && now < deadline ? await tools.missing(definition, run) : [];
  if (missing.length > 0) {
    const detail =
      missing.slice(0, 3).join('; ') + (missing.length > 3 ? ` (+${String(missing.length - 3)})` : '');
    const nextAt = Math.min(now + LOOK_AGAIN_MS, deadline);
    for (const [at, one] of unfrozen.entries())
      // one of them keeps the time of the next look, the others only say why
      if (at === 0 || one.state !== 'waiting' || one.detail !== detail)
        await tools.ledger.advance(one, { state: 'waiting', detail, nextAt }, term);
    return null;
  }
  const rendering = await advanceAll(tools, unfrozen, { state: 'rendering' }, term);
  const names = new Set(rendering.map(({ recipient }) => recipient));
  const recipients = [...names].flatMap((name) => known.get(name) ?? []);
  const before =
    run.issue === 0
      ? null
      : ((await tools.ledger.runs(run.scheduledAt)).find(
          (one) =>
            one.report === run.report && one.scheduledAt === run.scheduledAt && one.issue === run.issue - 1,
        ) ?? null);
  const issued = await attempt(() => tools.issue({ definition, run, recipients, before }));
  if (!issued.ok) {
    tools.logger.error('a report could not be made', { report: run.report, reason: issued.failure.message });
    for (const one of rendering)
      await tools.ledger.advance(one, laterOrNever(one, issued.failure.message, now), term);
    return null;
  }
  const { refused } = issued.value;
  const ready: Delivery[] = open.filter(({ frozen }) => frozen);
  for (const one of rendering) {
    const reason = refused.get(one.recipient);
    const change: Partial<Standing> =
      reason === undefined
        ? { state: 'rendering', frozen: true, attempts: 0 }
        : { state: 'failed', detail: reason };
    const written = await tools.ledger.advance(one, change, term);
    if (reason !== undefined)
      tools.logger.error('a delivery failed', { report: run.report, channel: one.channel, detail: reason });
    else if (written !== null) ready.push(written);
  }
  return ready;
}

async function attempt<Value>(
  work: () => Promise<
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly failure: { readonly message: string } }
  >,
): Promise<
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: { readonly message: string } }
> {
  try {
    return await work();
  } catch (error) {
    return { ok: false, failure: { message: error instanceof Error ? error.message : 'error' } };
  }
}

function laterOrNever({ attempts }: Delivery, detail: string, now: number): Partial<Standing> {
  const tried = attempts + 1;
  return givesUp(tried)
    ? { state: 'failed', attempts: tried, detail }
    : { state: 'waiting', attempts: tried, detail, nextAt: now + pauseAfter(tried) };
}

async function advanceAll(
  tools: SchedulerTools,
  deliveries: readonly Delivery[],
  change: Partial<Standing>,
  term: number,
): Promise<readonly Delivery[]> {
  const written: Delivery[] = [];
  for (const one of deliveries) {
    const next = await tools.ledger.advance(one, change, term);
    if (next !== null) written.push(next);
  }
  return written;
}

/** Channels side by side, within a channel one after the other. */
async function sendAll(
  tools: SchedulerTools,
  definition: ReportDefinition,
  ready: readonly Delivery[],
  known: ReadonlyMap<string, RecipientDefinition>,
  term: number,
): Promise<void> {
  const now = tools.clock.now();
  const channels = new Map<string, Delivery[]>();
  for (const one of ready)
    if (one.nextAt <= now) channels.set(one.channel, [...(channels.get(one.channel) ?? []), one]);
  await Promise.all(
    [...channels.values()].map(async (own) => {
      for (const one of own) {
        const recipient = known.get(one.recipient);
        if (recipient === undefined) continue;
        const frozen = await tools.outbox.find(one, one.recipient);
        if (frozen === null) await thaw(tools, one, term);
        else await sendDelivery(tools, { definition, recipient, frozen, term }, one);
      }
    }),
  );
}

/** What was frozen is gone (another machine, a cleared folder): made anew, unless a byte of it may have left. */
async function thaw(tools: SchedulerTools, delivery: Delivery, term: number): Promise<void> {
  const untouched = delivery.attempts === 0 && delivery.messageId === '';
  const detail = 'what was to be sent is gone from the outbox';
  await tools.ledger.advance(
    delivery,
    untouched ? { state: 'planned', frozen: false, detail } : { state: 'failed', detail },
    term,
  );
  if (!untouched)
    tools.logger.error('a delivery failed', { report: delivery.report, channel: delivery.channel, detail });
}
