/** 32-bit words out of bytes as ClickHouse sends them, wherever in a larger buffer they stand. */
export function wordsOf(bytes: Buffer): Uint32Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new Uint32Array(copy.buffer);
}
