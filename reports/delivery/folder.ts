import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, parse, resolve } from 'node:path';
import type { FrozenFile } from '../ledger/outbox.js';
import type { DeliveryChannel, Shipment } from './channel.js';

/**
 * Puts the files into a folder, each under its name when it is whole. A file of that name with these bytes is left as
 * it is; one with others stays too, and ours gets a name with its hash.
 */
export function folderChannel(): DeliveryChannel {
  return {
    name: 'folder',
    repeatable: true,
    async send(shipment) {
      const path = shipment.recipient.folder ?? shipment.definition.delivery.folder?.path;
      if (path === undefined) return { kind: 'refused', detail: 'no folder is named' };
      const folder = isAbsolute(path) ? path : resolve(path);
      await shipment.claim(shipment.step);
      try {
        await mkdir(folder, { recursive: true });
        const names: string[] = [];
        for (const file of shipment.frozen.files) names.push(await place(folder, file, shipment));
        return { kind: 'delivered', detail: names.join(', ') };
      } catch (error) {
        return { kind: 'later', detail: `the folder cannot be written (${codeOf(error)})` };
      }
    },
  };
}

async function place(folder: string, file: FrozenFile, shipment: Shipment): Promise<string> {
  const { name: stem, ext } = parse(file.name);
  for (const name of [file.name, `${stem}_${file.sha256.slice(0, 12)}${ext}`]) {
    const there = await hashOf(join(folder, name));
    if (there === file.sha256) return name;
    if (there !== null) continue;
    // named by what it holds: what a killed process left is overwritten, not left lying; the claim keeps others away
    const part = join(folder, `.${file.sha256.slice(0, 24)}.part`);
    try {
      const handle = await open(part, 'w', 0o600);
      try {
        for await (const chunk of shipment.read(file)) await handle.writeFile(chunk as Uint8Array);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(part, join(folder, name));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    return name;
  }
  throw new Error('both names are taken by other files');
}

async function hashOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error';
}
