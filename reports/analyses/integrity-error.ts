/** An analysis found its own figures not to add up: nothing is shown rather than something wrong. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
  constructor(message: string) {
    super(`${message}; this is a mistake in wxlive, please report it with the spec`);
  }
}
