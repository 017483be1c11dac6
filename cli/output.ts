import { once } from 'node:events';

/** Writes one JSON document to stdout; everything else of a `--json` command goes to stderr. */
export async function printJson(value: unknown): Promise<void> {
  await print(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes to stdout and waits while the reader is slow. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** What a person reads beside the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
