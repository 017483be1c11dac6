import { z } from 'zod';
import { typedByUser } from '../../../sql/index.js';
import { settled, type ChaosWorld } from './kafka-chaos.js';

const rangeRow = z.object({
  partition: z.coerce.number(),
  first: z.coerce.number(),
  last: z.coerce.number(),
});

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
        const ranges = await storedRanges(world, topic);
        await operator.rewind(group, topic, (partition) => (ranges.get(partition)?.first ?? 1) - 1);
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
    await Promise.all(world.loaders.map((one) => one.down()));
    say(`${name}: ${load.acknowledged.size} acknowledged`);
    await step();
    world.cases.count(name);
    for (const one of world.loaders) one.up();
    await Promise.all(world.loaders.map((one) => one.ready()));
    load.resume();
    await load.more(400);
  }
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
