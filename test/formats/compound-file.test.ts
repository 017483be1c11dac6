import { describe, expect, it } from 'vitest';
import { openCompoundFile } from '../../formats/compound-file.js';
import { memoryAccess } from '../../formats/random-access.js';
import { FormatError } from '../../formats/table.js';
import { failureOf } from './failure-of.js';
import { compoundFile, noise } from './office-encryption/encrypted-sample.js';

async function readAll(file: Buffer): Promise<Record<string, Buffer>> {
  const compound = await openCompoundFile(memoryAccess(file));
  const contents: Record<string, Buffer> = {};
  for (const stream of compound.streams) {
    contents[stream.name] = await (await compound.open(stream)).read(0, stream.bytes);
  }
  return contents;
}

const streams = {
  tiny: noise(1),
  small: noise(4_095, 2),
  exact: noise(4_096, 3),
  large: noise(50_001, 4),
  none: noise(0),
};

describe('openCompoundFile', () => {
  it('gives every stream as it was written, in the mini stream or not', async () => {
    expect(await readAll(await compoundFile(streams))).toEqual(streams);
  });

  it('follows tables of tables', async () => {
    const large = { large: noise(7_600_000), small: noise(10) };
    const contents = await readAll(await compoundFile(large));
    expect(contents['large']?.equals(large.large)).toBe(true);
    expect(contents['small']?.equals(large.small)).toBe(true);
  });

  it('reads any part of a stream', async () => {
    const compound = await openCompoundFile(memoryAccess(await compoundFile(streams)));
    for (const name of ['small', 'large'] as const) {
      const stream = compound.find(name.toUpperCase());
      if (stream === undefined) throw new Error('no stream');
      const access = await compound.open(stream);
      for (const [position, length] of [
        [0, 1],
        [63, 2],
        [500, 1_024],
        [511, 1],
        [stream.bytes - 1, 1],
      ] as const) {
        expect(await access.read(position, length)).toEqual(
          streams[name].subarray(position, position + length),
        );
      }
      expect((await failureOf(access.read(stream.bytes - 1, 2))).code).toBe('damaged');
    }
  });

  it('refuses chains that loop', async () => {
    const file = await compoundFile({ large: noise(50_000) });
    const fat = file.readUInt32LE(76);
    for (const loop of [0, 5]) {
      const looped = Buffer.from(file);
      // The fifth sector of the stream leads back.
      looped.writeUInt32LE(loop, (fat + 1) * 512 + 5 * 4);
      const result = await readAll(looped).catch((error: unknown) => error);
      // A stream knows its size, so a loop is read as often as that asks and no more.
      if (result instanceof FormatError) expect(result.failure.code).toBe('damaged');
      else expect(Object.values(result as Record<string, Buffer>)[0]?.length).toBe(50_000);
    }
    const directory = file.readUInt32LE(48);
    const looped = Buffer.from(file);
    looped.writeUInt32LE(directory, (fat + 1) * 512 + directory * 4);
    expect((await failureOf(readAll(looped))).code).toBe('damaged');
  });

  it('refuses a file that is cut anywhere', async () => {
    const file = await compoundFile(streams);
    for (let bytes = 0; bytes < file.length - 512; bytes += 997) {
      expect((await failureOf(readAll(file.subarray(0, bytes)))).code).toBe('damaged');
    }
  });

  it('answers any changed byte with streams or one failure', async () => {
    const file = await compoundFile(streams);
    const places = noise(1_200, 11);
    for (let index = 0; index < 400; index += 1) {
      const changed = Buffer.from(file);
      // Most of what matters lies in the header and in the last sectors.
      const span = index % 2 === 0 ? 512 : file.length;
      const at = (places.readUIntBE(3 * index, 3) % span) + (index % 4 === 1 ? file.length - span : 0);
      changed[at] = (changed[at] ?? 0) ^ (1 << (index % 8));
      const result: unknown = await readAll(changed).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(FormatError);
    }
  });
});
