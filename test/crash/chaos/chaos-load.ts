import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SeededRandom } from '../../seeded-random.js';

export interface LoadOptions {
  /** Address of the collector. */
  readonly url: string;
  readonly key: string;
  readonly senders: number;
  readonly eventsAPost: number;
  readonly random: SeededRandom;
}

/** In every id of a person and in every bad row: what nobody may find in a topic. */
export const CANARY = 'oCANARY';
const PEOPLE = 400;
const NOTE_LENGTH = 700;
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-';
const answerSchema = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.object({ index: z.number() })),
});

/** The run ended before there was an answer. */
class GivenUp extends Error {}

/** Clients that post events and send each post until it is acknowledged, as an SDK does; they remember what was. */
export class ChaosLoad {
  /** Ids that a 200 was had for. */
  readonly acknowledged = new Set<string>();
  /** Ids that were ever sent. */
  readonly sent = new Set<string>();
  /** Bad rows that a 200 was had for. */
  rejected = 0;
  readonly tally = { posts: 0, resent: 0, refused: 0, doubles: 0 };
  private paused = false;
  private stopped = false;
  private onlyRepeat = false;
  private busy = 0;
  private readonly running: Promise<void>[];
  private readonly acknowledgedBodies: string[] = [];

  constructor(private readonly options: LoadOptions) {
    this.running = Array.from({ length: options.senders }, (_, sender) => this.send(sender));
  }

  /** Waits until every post on its way is acknowledged; then nothing is sent. */
  async pause(): Promise<void> {
    this.paused = true;
    while (this.busy > 0) await sleep(20);
  }

  resume(): void {
    this.paused = false;
  }

  /** Waits until so many more events are acknowledged. */
  async more(events: number): Promise<void> {
    const enough = this.acknowledged.size + events;
    while (this.acknowledged.size < enough) await sleep(20);
  }

  /** Sends only what was acknowledged before, so many posts of it. */
  async repeat(posts: number): Promise<void> {
    const enough = this.tally.doubles + posts;
    this.onlyRepeat = true;
    while (this.tally.doubles < enough) await sleep(20);
    await this.pause();
    this.onlyRepeat = false;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async send(sender: number): Promise<void> {
    const { eventsAPost, random } = this.options;
    for (let post = 0; !this.stopped;) {
      if (this.paused) {
        await sleep(20);
        continue;
      }
      this.busy++;
      try {
        const again = (this.onlyRepeat || random.chance(0.1)) && this.acknowledgedBodies.length > 0;
        if (again) {
          await this.deliver(random.pick(this.acknowledgedBodies), eventsAPost);
          this.tally.doubles++;
          continue;
        }
        const ids = Array.from({ length: eventsAPost }, (_, at) => `s${sender}-${post * eventsAPost + at}`);
        post++;
        for (const id of ids) this.sent.add(id);
        const bad = random.chance(0.05);
        const lines = ids.map((id) => this.event(id));
        if (bad) lines.push(JSON.stringify({ event: 'live_enter', openid: `${CANARY}bad${sender}x${post}` }));
        const body = lines.join('\n');
        await this.deliver(body, lines.length);
        for (const id of ids) this.acknowledged.add(id);
        if (bad) this.rejected++;
        else if (random.chance(0.1)) this.acknowledgedBodies.push(body);
        this.tally.posts++;
      } catch (error) {
        if (!(error instanceof GivenUp)) throw error;
      } finally {
        this.busy--;
      }
      await sleep(20 + random.below(60));
    }
  }

  /** The same bytes until there is an answer that says 200. */
  private async deliver(body: string, rows: number): Promise<void> {
    const { url, key } = this.options;
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(`${url}/v1/events?key=${key}`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(20_000),
      }).catch(() => null);
      const text = await answer?.text().catch(() => null);
      if (answer?.status === 200 && typeof text === 'string') {
        const { accepted, duplicates, rejected } = answerSchema.parse(JSON.parse(text));
        if (accepted + duplicates + rejected.length !== rows) {
          throw new Error(`${rows} rows were sent, the answer speaks of others: ${text.slice(0, 200)}`);
        }
        if (attempt > 0) this.tally.resent++;
        return;
      }
      if (answer !== null) this.tally.refused++;
      if (this.stopped) throw new GivenUp();
      await sleep(50);
    }
  }

  /** One line of an event. */
  event(id: string): string {
    const { random } = this.options;
    const person = `${CANARY}${String(random.below(PEOPLE)).padStart(21, '0')}`;
    return JSON.stringify({
      event_id: id,
      event: random.pick(['live_enter', 'live_enter', 'live_like', 'goods_click']),
      time: Date.now(),
      openid: person,
      room_id: random.pick(['R1', 'R2']),
      query: `utm_source=${random.pick(['poster', 'group'])}`,
      // Long and not to be compressed, so that a partition is more than one answer of the broker.
      props: { note: random.text(CHARACTERS, NOTE_LENGTH) },
    });
  }
}
