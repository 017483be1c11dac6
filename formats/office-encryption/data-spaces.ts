/** The streams that tell Office which transform its package went through (MS-OFFCRYPTO 2.1); the same in every file. */
import type { CompoundStreamContent } from '../compound-file-writer.js';

/** Length in bytes, then UTF-16, filled up to a multiple of four (UNICODE-LP-P4). */
function text(value: string): Buffer {
  const content = Buffer.from(value, 'utf16le');
  const padding = (4 - (content.length % 4)) % 4;
  return Buffer.concat([words(content.length), content, Buffer.alloc(padding)]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}

/** Version 1.0 for reader, updater and writer. */
const versions = words(1, 1, 1);

const version = Buffer.concat([text('Microsoft.Container.DataSpaces'), versions]);

const mapEntry = Buffer.concat([words(1, 0), text('EncryptedPackage'), text('StrongEncryptionDataSpace')]);
const map = Buffer.concat([words(8, 1, mapEntry.length + 4), mapEntry]);

const dataSpace = Buffer.concat([words(8, 1), text('StrongEncryptionTransform')]);

const transformId = text('{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}');
const transform = Buffer.concat([
  words(8 + transformId.length, 1),
  transformId,
  text('Microsoft.Container.EncryptionTransform'),
  versions,
  // No cipher is named here: an agile document describes its own.
  words(0, 0, 0, 4),
]);

const folder = '\u0006DataSpaces';

export const DATA_SPACE_STREAMS: readonly CompoundStreamContent[] = [
  stream([folder, 'Version'], version),
  stream([folder, 'DataSpaceMap'], map),
  stream([folder, 'DataSpaceInfo', 'StrongEncryptionDataSpace'], dataSpace),
  stream([folder, 'TransformInfo', 'StrongEncryptionTransform', '\u0006Primary'], transform),
];

function stream(path: readonly string[], content: Buffer): CompoundStreamContent {
  return { path, bytes: content.length, content: () => [content] };
}
