/**
 * Asks for rows while something they are read with is still being made: the database works on both at once. Gives
 * what was made and the rows, none of which is lost. Throws what either throws first.
 */
export async function beginBoth<Made, Piece>(
  making: Promise<Made>,
  pieces: AsyncIterable<Piece>,
): Promise<{ readonly made: Made; readonly rows: AsyncIterable<Piece> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const [made, first] = await Promise.all([making, iterator.next()]);
    return { made, rows: following(first, iterator) };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function* following<Piece>(
  first: IteratorResult<Piece>,
  iterator: AsyncIterator<Piece>,
): AsyncGenerator<Piece> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
