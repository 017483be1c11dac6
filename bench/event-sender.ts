import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SenderOptions {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  readonly writeKey: string;
  readonly connections: number;
  /** Events a request. */
  readonly batch: number;
}

export interface Sent {
  /** Acknowledged. */
  readonly events: number;
  readonly seconds: number;
  /** Requests answered with something else than 200. */
  readonly refused: number;
  /** Milliseconds from a request sent to its answer, ascending. */
  readonly latencies: readonly number[];
}

/** Told when a request is sent: its time (performance.now) and its events. */
export type OnSend = (at: number, events: number) => void;

/** Posts events that nobody has sent before; costs the machine as little as it can, since it shares it. */
export class EventSender {
  private readonly bodies: BodyMaker;
  private readonly agent: Agent;

  constructor(private readonly options: SenderOptions) {
    this.bodies = new BodyMaker(options.batch);
    this.agent = new Agent({ keepAlive: true, maxSockets: 4 * options.connections });
  }

  /** For so many seconds; `rate` events a second together, 0: as fast as answers come. */
  async send(seconds: number, rate: number, onSend?: OnSend): Promise<Sent> {
    const { connections, batch } = this.options;
    const latencies: number[] = [];
    let refused = 0;
    const startedAt = performance.now();
    const endAt = startedAt + seconds * 1000;
    const sendOne = async (): Promise<void> => {
      const body = this.bodies.next();
      const sentAt = performance.now();
      onSend?.(sentAt, batch);
      const status = await this.post(body);
      if (status === 200) latencies.push(performance.now() - sentAt);
      else refused++;
    };
    if (rate === 0) {
      const sender = async (): Promise<void> => {
        while (performance.now() < endAt) await sendOne();
      };
      await Promise.all(Array.from({ length: connections }, sender));
    } else {
      // An open loop: a slow answer does not slow the next request down.
      const waiting: Promise<void>[] = [];
      const everyMs = (1000 * batch) / rate;
      for (let at = startedAt; at < endAt; at += everyMs) {
        const wait = at - performance.now();
        if (wait > 0) await sleep(wait);
        waiting.push(sendOne());
      }
      await Promise.all(waiting);
    }
    latencies.sort((one, other) => one - other);
    return {
      events: latencies.length * batch,
      seconds: (performance.now() - startedAt) / 1000,
      refused,
      latencies,
    };
  }

  close(): void {
    this.agent.destroy();
  }

  private async post(body: Buffer): Promise<number> {
    const { url, writeKey } = this.options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${url}/v1/events`,
        {
          agent: this.agent,
          method: 'POST',
          headers: { authorization: `Bearer ${writeKey}`, 'content-length': body.length },
        },
        (response) => {
          response.resume().once('end', () => {
            resolve(response.statusCode ?? 0);
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

/** The value below which this share of ascending values lies. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}

const VIEWERS = 50_000;
const DIGITS = { id: 10, person: 20, time: 13 } as const;
const ZERO = '0'.charCodeAt(0);

/** Bodies of one form, of which only numbers of fixed width are written anew. */
class BodyMaker {
  private readonly template: Buffer;
  private readonly places: { readonly id: number; readonly person: number; readonly time: number }[] = [];
  private event = 0;

  constructor(batch: number) {
    const lines: string[] = [];
    let start = 0;
    for (let index = 0; index < batch; index++) {
      const line = `{"event_id":"e${'#'.repeat(DIGITS.id)}","event":"${index % 3 === 0 ? 'live_enter' : 'goods_click'}","time":${'@'.repeat(DIGITS.time)},"openid":"oAUTHORED${'%'.repeat(DIGITS.person)}","room_id":"${1000 + (index % 20)}","platform":"miniprogram","scene":1047,"query":"utm_source=wechat_group&utm_medium=card&utm_campaign=double11&c=8hK2","props":{"goods_id":"g${index % 90}","position":${index % 12}}}\n`;
      this.places.push({
        id: start + line.indexOf('#'),
        person: start + line.indexOf('%'),
        time: start + line.indexOf('@'),
      });
      start += line.length;
      lines.push(line);
    }
    this.template = Buffer.from(lines.join(''));
  }

  next(): Buffer {
    const body = Buffer.from(this.template);
    const now = Date.now();
    for (const { id, person, time } of this.places) {
      const number = this.event++;
      writeDigits(body, id, DIGITS.id, number);
      writeDigits(body, person, DIGITS.person, number % VIEWERS);
      writeDigits(body, time, DIGITS.time, now - (number % 5_000));
    }
    return body;
  }
}

function writeDigits(target: Buffer, at: number, width: number, value: number): void {
  let rest = value;
  for (let place = at + width - 1; place >= at; place--) {
    target[place] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
