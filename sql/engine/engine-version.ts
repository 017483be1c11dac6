import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EngineError } from './engine-error.js';
import type { EngineFolder } from './folder.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

export interface EngineLibrary {
  /** Absolute path of the shared library. */
  readonly path: string;
  /** Version of the package it came in, `26.7.3-stable.1`. */
  readonly version: string;
}

const recordSchema = z.object({ package: z.string(), server: z.string() });

/** Finds the engine library that npm installed for this machine. */
export async function engineLibrary(): Promise<EngineLibrary> {
  const { resolveLibchdb } = await import('chdb/libchdb');
  let path: string;
  try {
    path = resolveLibchdb({ env: {} }).path;
  } catch (error) {
    throw new EngineError('engine_missing', `${process.platform} ${process.arch}`, { cause: error });
  }
  const manifest = join(dirname(path), 'package.json');
  if (!existsSync(manifest)) throw new EngineError('engine_missing', path);
  return {
    path,
    version: z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version,
  };
}

/** Numbers of a version one by one: negative when `left` is older. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Refuses an engine older than the one that opened the folder before. */
export function refuseDowngrade(folder: EngineFolder, library: EngineLibrary): void {
  const text = readPrivateFile(folder.version);
  if (text === null) return;
  const record = recordSchema.parse(JSON.parse(text));
  if (compareVersions(library.version, record.package) < 0) {
    throw new EngineError(
      'engine_older',
      `${folder.dataDir}: ${record.package}, installed ${library.version}`,
    );
  }
}

/** Remembers which engine has opened the folder. */
export function recordVersion(folder: EngineFolder, library: EngineLibrary, server: string): void {
  const record = `${JSON.stringify({ package: library.version, server })}\n`;
  if (readPrivateFile(folder.version) !== record) writePrivateFile(folder.version, record);
}
