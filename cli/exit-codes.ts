/** What the process says at its end (PRODUCT §8). */
export const EXIT = { done: 0, failed: 1, usage: 2, someRejected: 3 } as const;

/** Wrong usage or settings: exit code 2, one line that says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Done what could be done, but the outcome is a failure that was told already. */
export class Failed extends Error {
  override readonly name = 'Failed';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}
