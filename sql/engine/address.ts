import { request } from 'node:http';
import { z } from 'zod';
import type { EngineFolder } from './folder.js';
import { OWNER } from './credentials.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

const port = z.number().int().min(1).max(65_535);
const schema = z.object({
  host: z.literal('127.0.0.1'),
  http_port: port,
  /** Not told by versions without a door. */
  engine_http_port: port.optional(),
  native_port: port,
  process_id: z.number().int(),
});

export interface EngineAddress {
  readonly host: '127.0.0.1';
  /** The door's, for tools that are not ours: see http-door.ts. */
  readonly httpPort: number;
  /** The engine's own, for our client. */
  readonly engineHttpPort: number;
  /** The door's: see native-door.ts. */
  readonly nativePort: number;
  readonly processId: number;
}

/** Where the engine listens, or the last one did: a hint to be asked, not a proof. */
export function readAddress(folder: EngineFolder): EngineAddress | null {
  const text = readPrivateFile(folder.address);
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return null;
  const { host, http_port: httpPort, native_port: nativePort, process_id: processId } = parsed.data;
  return { host, httpPort, engineHttpPort: parsed.data.engine_http_port ?? httpPort, nativePort, processId };
}

export function writeAddress(folder: EngineFolder, address: EngineAddress): void {
  const said = {
    host: address.host,
    http_port: address.httpPort,
    engine_http_port: address.engineHttpPort,
    native_port: address.nativePort,
    process_id: address.processId,
  };
  writePrivateFile(folder.address, `${JSON.stringify(said)}\n`);
}

/**
 * Asks the engine who it is: `version` when it is the one of this folder, null when nobody answers or somebody else
 * does. The owner's password is the folder's own, so another engine on a reused port refuses it.
 */
export async function askVersion(
  { host, port }: { readonly host: string; readonly port: number },
  ownerPassword: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const call = request(
      {
        host,
        port,
        path: `/?query=${encodeURIComponent('SELECT version()')}`,
        agent: false,
        timeout: 2_000,
        headers: { 'X-ClickHouse-User': OWNER, 'X-ClickHouse-Key': ownerPassword },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', () => {
          resolve(null);
        });
        response.on('end', () => {
          resolve(response.statusCode === 200 && /^[\d.]+\s*$/.test(text) ? text.trim() : null);
        });
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => {
      resolve(null);
    });
    call.end();
  });
}
