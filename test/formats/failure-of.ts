import { FormatError, type FormatFailure } from '../../formats/table.js';

/** The failure a promise is rejected with; throws when it is none. */
export async function failureOf(work: Promise<unknown>): Promise<FormatFailure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof FormatError) return error.failure;
  throw new Error(`expected a FormatError, got ${String(error)}`, { cause: error });
}
