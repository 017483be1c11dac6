/** A thread that makes lines of a file into parts of a batch; see stage-pool.ts. */
import { parentPort } from 'node:worker_threads';
import { readLines } from '../../formats/index.js';
import { memoryOf, RecordPartBuilder } from '../load/record-part.js';
import { createEventKeys } from '../event-key.js';
import { PseudonymKey } from '../privacy/key.js';
import { createPseudonymizer } from '../privacy/pseudonymize.js';
import { Seal } from '../privacy/seal.js';
import { SOURCES } from '../sources/index.js';
import { FileRefused } from './input.js';
import type { LineBlock } from './line-blocks.js';
import { placeOf, RecordRow } from './record-rows.js';
import { RowStage } from './row-stage.js';
import type { FromStage, StageTask, ToStage } from './stage-protocol.js';

const port = parentPort;
if (port === null) throw new Error('stage-worker.js is a worker thread');

const SLICE_BYTES = 32 << 10;

type StageBlock = (block: LineBlock) => Promise<FromStage>;

function openStage(task: StageTask): StageBlock {
  const { settings, placement } = task;
  const source = SOURCES.find(({ name }) => name === task.adapter);
  const key = PseudonymKey.fromBytes(task.keyBytes);
  if (source === undefined || !key.ok) throw new Error(`no source ${task.adapter}, or its key is too short`);
  const builder = new RecordPartBuilder(createEventKeys(task.salt));
  const pseudonymizer = createPseudonymizer(key.value, { ownDomains: task.ownDomains });
  const stage = new RowStage(settings, { source, pseudonymizer, seal: new Seal(key.value) }, builder);
  const place = (position: number): string => placeOf(settings.file, 'lines', position);
  return async ({ bytes, firstLine }) => {
    try {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      for await (const records of readLines(slicesOf(block))) {
        for (const { position, text } of records) {
          stage.add(new RecordRow(place, position + firstLine - 1, text), placement);
        }
      }
    } catch (error) {
      if (error instanceof FileRefused) return { refused: error.failure };
      throw error;
    }
    return { ...stage.take(), part: builder.take(), memory: bytes.buffer as ArrayBuffer };
  };
}

/** Few lines are texts at a time, so that they die young. */
function* slicesOf(block: Buffer): Generator<Buffer> {
  for (let at = 0; at < block.length; at += SLICE_BYTES) yield block.subarray(at, at + SLICE_BYTES);
}

let stageBlock: StageBlock | null = null;
let last: Promise<void> = Promise.resolve();
port.on('message', (message: ToStage) => {
  if ('task' in message) {
    stageBlock = openStage(message.task);
    return;
  }
  const begun = stageBlock;
  if (begun === null) throw new Error('a block came before the task');
  last = last.then(async () => {
    const staged = await begun(message.block);
    const moved =
      'part' in staged
        ? [...memoryOf(staged.part), staged.recordRows.buffer as ArrayBuffer, staged.memory]
        : [];
    port.postMessage(staged, moved);
  });
});
