import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { EngineFolder } from './folder.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

export const OWNER = 'wxlive';
export const ANALYST = 'analyst';

const schema = z.object({ owner_password: z.string().min(16), analyst_password: z.string().min(16) });

export interface EngineCredentials {
  readonly ownerPassword: string;
  readonly analystPassword: string;
}

/** The passwords of a data folder, or null when none were made yet. */
export function readCredentials(folder: EngineFolder): EngineCredentials | null {
  const text = readPrivateFile(folder.credentials);
  if (text === null) return null;
  const parsed = schema.parse(JSON.parse(text));
  return { ownerPassword: parsed.owner_password, analystPassword: parsed.analyst_password };
}

/** Reads the passwords, or makes them: once a data folder, so that saved connections of analysts keep working. */
export function ensureCredentials(folder: EngineFolder): EngineCredentials {
  const existing = readCredentials(folder);
  if (existing !== null) return existing;
  const made = {
    owner_password: randomBytes(24).toString('base64url'),
    analyst_password: randomBytes(18).toString('base64url'),
  };
  writePrivateFile(folder.credentials, `${JSON.stringify(made, null, 2)}\n`);
  return { ownerPassword: made.owner_password, analystPassword: made.analyst_password };
}
