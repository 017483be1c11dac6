import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { perMinute } from '../../../reports/delivery/rate-limit.js';
import { robotChannel } from '../../../reports/delivery/robot.js';
import { fail, succeed } from '../../../schemas/index.js';
import { startTestRobot, type TestRobot } from '../../servers/robot.js';
import { shipmentOf } from './shipment.js';

const FILES = [
  { name: '直播日报_张经理.xlsx', bytes: randomBytes(20_000) },
  { name: '直播日报_张经理.pdf', bytes: randomBytes(9_000) },
];
const DELIVERY = { wecom_robot: { webhook: { env: 'ROBOT' } } };

describe('a group robot, judged by what its group shows', () => {
  let robot: TestRobot;
  let now = 0;

  beforeEach(async () => {
    robot = await startTestRobot();
  });
  afterEach(() => robot.close());

  const channel = (store: Parameters<typeof robotChannel>[0]['store'] = null) =>
    robotChannel({
      secrets: () => robot.webhook,
      store,
      limit: perMinute(20),
      clock: { now: () => now },
    });
  const send = (step = 0, files = FILES, store: Parameters<typeof robotChannel>[0]['store'] = null) => {
    const { shipment, claims } = shipmentOf(files, { delivery: DELIVERY, step });
    return channel(store)
      .send(shipment)
      .then((result) => ({ result, claims }));
  };
  const shown = () => robot.group.map((message) => (message.type === 'file' ? message.name : 'text'));

  it('shows a text that tells no figure, then every file byte for byte', async () => {
    const { result, claims } = await send();
    expect(result.kind).toBe('delivered');
    expect(claims).toEqual([0, 1, 2]);
    expect(shown()).toEqual(['text', ...FILES.map(({ name }) => name)]);
    const files = robot.group.flatMap((message) => (message.type === 'file' ? [message.bytes] : []));
    expect(files.every((bytes, at) => bytes.equals(FILES[at]?.bytes ?? Buffer.alloc(0)))).toBe(true);
    expect(JSON.stringify(robot.group[0])).toContain('直播日报');
  });

  it.each(['silent_accept', 'gateway', 'cut'] as const)(
    'does not know after "%s" of a message, and goes on from it by a person’s word',
    async (kind) => {
      robot.fail({ at: 'send', kind });
      const { result } = await send();
      expect(result).toMatchObject({ kind: 'unknown', step: 0 });
      // the person saw it in the group, or did not: what follows is sent from the step on
      expect((await send(1)).result.kind).toBe('delivered');
      expect(shown().filter((name) => name !== 'text')).toEqual(FILES.map(({ name }) => name));
    },
  );

  it('takes up after a busy answer at the message that did not arrive', async () => {
    robot.fail({ at: 'upload', kind: 'busy' });
    const { result } = await send();
    expect(result).toMatchObject({ kind: 'later', step: 1 });
    expect(shown()).toEqual(['text']);
    expect((await send(1)).result.kind).toBe('delivered');
    expect(shown()).toEqual(['text', ...FILES.map(({ name }) => name)]);
  });

  it.each(['send', 'upload'] as const)(
    'comes again after a 429 at %s, with what did not arrive',
    async (at) => {
      robot.fail({ at, kind: 'throttled' });
      const { result } = await send();
      expect(result).toMatchObject({ kind: 'later', detail: 'HTTP 429' });
      expect((await send(at === 'send' ? 0 : 1)).result.kind).toBe('delivered');
      expect(shown()).toEqual(['text', ...FILES.map(({ name }) => name)]);
    },
  );

  it('keeps its text within the 4,096 bytes of a markdown message, cut at a character, without a link of a name', async () => {
    const { shipment } = shipmentOf(FILES, { delivery: DELIVERY });
    const title = `[点我](https://x.example)${'直'.repeat(2_000)}`;
    const result = await channel().send({ ...shipment, frozen: { ...shipment.frozen, title } });
    expect(result.kind).toBe('delivered');
    const [text] = robot.group.flatMap((message) => (message.type === 'markdown' ? [message.text] : []));
    expect(Buffer.byteLength(text ?? '')).toBeGreaterThan(4_000);
    expect(text).toMatch(/直$/);
    expect(text).not.toContain('[点我]');
  });

  it('repeats an upload that broke off: it shows nothing in the group', async () => {
    robot.fail({ at: 'upload', kind: 'silent_accept' });
    expect((await send()).result).toMatchObject({ kind: 'later', step: 1 });
    expect((await send(1)).result.kind).toBe('delivered');
    expect(shown()).toEqual(['text', ...FILES.map(({ name }) => name)]);
  });

  it('gives up on a robot that was removed, and on an address that is none', async () => {
    robot.fail({ at: 'send', kind: 'removed' });
    expect((await send()).result).toMatchObject({ kind: 'refused', detail: 'errcode 93000' });
    const nowhere = robotChannel({
      secrets: () => 'http://example.com/send?key=1',
      store: null,
      limit: perMinute(20),
      clock: { now: () => now },
    });
    expect((await nowhere.send(shipmentOf(FILES, { delivery: DELIVERY }).shipment)).kind).toBe('refused');
  });

  it('keeps to 20 messages a minute, and to the robot’s word when others use it too', async () => {
    const own = channel();
    const results: string[] = [];
    for (let at = 0; at < 7; at++) {
      const { shipment } = shipmentOf(FILES, { delivery: DELIVERY });
      const result = await own.send(shipment);
      results.push(result.kind);
      if (result.kind === 'later') expect(result).toMatchObject({ attempted: false, step: 2 });
    }
    expect(results).toEqual([...Array<string>(6).fill('delivered'), 'later']);
    expect(robot.group).toHaveLength(20);
    // the process was restarted and does not know: the robot says so
    expect((await send(2)).result).toMatchObject({ kind: 'later', detail: 'errcode 45009', step: 2 });
    robot.passMinute();
    now += 60_000;
    const { shipment } = shipmentOf(FILES, { delivery: DELIVERY, step: 2 });
    expect((await own.send(shipment)).kind).toBe('delivered');
    expect(robot.group).toHaveLength(21);
  });

  it('sends a link in place of a file over 20 MB, and fails loudly without a storage', async () => {
    const large = [{ name: '明细.xlsx', bytes: Buffer.alloc(20 * 1024 * 1024 + 1) }];
    expect((await send(0, large)).result).toMatchObject({ kind: 'refused' });
    expect(robot.group).toHaveLength(0);
    const store = {
      put: () => Promise.resolve(succeed('key')),
      share: () => Promise.resolve(succeed('https://store.example.com/key?signature')),
      close: () => undefined,
    };
    expect((await send(0, large, store)).result.kind).toBe('delivered');
    expect(JSON.stringify(robot.group)).toContain('https://store.example.com/key?signature');
    const down = { ...store, share: () => Promise.resolve(fail('down')) };
    expect((await send(0, large, down)).result).toMatchObject({ kind: 'later', detail: 'down' });
  });

  it('waits for a robot that cannot be reached', async () => {
    const { webhook } = robot;
    await robot.close();
    const gone = robotChannel({
      secrets: () => webhook,
      store: null,
      limit: perMinute(20),
      clock: { now: () => now },
    });
    const { shipment } = shipmentOf(FILES, { delivery: DELIVERY });
    expect(await gone.send(shipment)).toMatchObject({ kind: 'later', step: 0 });
    robot = await startTestRobot();
  });
});
