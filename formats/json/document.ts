import { decodeBlocks, type TextEncoding } from '../text-encoding.js';

/** The whole text when it is one JSON document, null when it is not. Holds it in memory: check its size before. */
export async function readDocument(
  blocks: AsyncIterable<Buffer>,
  encoding: TextEncoding,
): Promise<string | null> {
  let text = '';
  for await (const piece of decodeBlocks(blocks, encoding)) text += piece;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}
