import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { typedByUser } from '../../../sql/index.js';
import { settled, type ChaosWorld } from './kafka-chaos.js';

const rangeRow = z.object({
  partition: z.coerce.number(),
  first: z.coerce.number(),
  last: z.coerce.number(),
});

/** A group is joined, and the first messages fetched, well before. */
const LONGEST_WAIT_MS = 30_000;

/**
 * What no kill brings about: an operator rewinds the offsets, messages are gone, the topic is made again, partitions
 * are added. Before each the load stops until everything is stored, and the loaders are killed or ended.
 */
export async function forceCases(world: ChaosWorld): Promise<void> {
  const { operator, group, prefix, say, load } = world;
  const topic = `${prefix}.events`;
  const steps: readonly [string, () => Promise<void>][] = [
    ['rewound', () => operator.rewind(group, topic, () => null)],
    [
      'rewound',
      async () => {
        const ranges = await storedRanges(world, topic);
        await operator.rewind(group, topic, (partition) => ranges.get(partition)?.first ?? null);
      },
    ],
    [
      'rewound',
      async () => {
        await storeTogether(world);
        const ranges = await storedRanges(world, topic);
        await operator.rewind(group, topic, (partition) => (ranges.get(partition)?.first ?? 1) - 1);
      },
    ],
    [
      'rewound',
      async () => {
        await storeTogether(world);
        const ranges = await storedRanges(world, topic);
        // Into the midst of a range, where it has more than one message; else to where the group stood.
        await operator.rewind(group, topic, (partition) => (ranges.get(partition)?.first ?? 0) + 1);
      },
    ],
    ['rewound', () => operator.rewind(group, topic, () => null)],
    [
      'messages_gone',
      async () => {
        // Copies of what is stored already lie there when the topic drops everything: a hole in which nothing is lost.
        load.resume();
        await load.repeat(60);
        await load.pause();
        await operator.dropMessages(topic);
      },
    ],
    [
      'topic_made_again',
      async () => {
        await operator.deleteTopic(topic);
        await operator.createTopic(topic, 2);
      },
    ],
    [
      'partition_added',
      async () => {
        await operator.addPartition(topic);
      },
    ],
  ];
  for (const [name, step] of steps) {
    await load.pause();
    await settled(world);
    await world.cases.look();
    await loadersDown(world);
    say(`${name}: ${load.acknowledged.size} acknowledged`);
    await step();
    const before = world.cases.arrivals();
    world.cases.count(name);
    await loadersUp(world);
    // New messages beside those that come again would make another case of it.
    if (name === 'rewound') await comeAgain(world, before);
    load.resume();
    await load.more(400);
  }
}

async function loadersDown({ loaders }: ChaosWorld): Promise<void> {
  await Promise.all(loaders.map((one) => one.down()));
}

async function loadersUp({ loaders }: ChaosWorld): Promise<void> {
  for (const one of loaders) one.up();
  await Promise.all(loaders.map((one) => one.ready()));
}

/** What is sent while no loader runs is stored as ranges of several messages. */
async function storeTogether(world: ChaosWorld): Promise<void> {
  world.load.resume();
  await world.load.more(400);
  await world.load.pause();
  await loadersUp(world);
  await settled(world);
  await world.cases.look();
  await loadersDown(world);
}

/** Waits until the loaders have seen what comes again. */
async function comeAgain({ cases }: ChaosWorld, before: number): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  while (cases.arrivals() === before && performance.now() < until) await sleep(100);
}

/** The last range of each partition that the warehouse remembers. */
async function storedRanges(
  { warehouse }: ChaosWorld,
  topic: string,
): Promise<ReadonlyMap<number, { first: number; last: number }>> {
  const rows = await warehouse.query(
    typedByUser(
      `SELECT partition, first_offset AS first, last_offset AS last FROM wxlive_store.kafka_offsets_ledger FINAL WHERE topic = '${topic}'`,
    ),
    rangeRow,
  );
  return new Map(rows.map(({ partition, first, last }) => [partition, { first, last }]));
}
