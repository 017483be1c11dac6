import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { RunKey } from './delivery.js';

const frozenFileSchema = z.strictObject({
  /** As the recipient sees it. */
  name: z.string(),
  format: z.enum(['xlsx', 'pdf']),
  bytes: z.number().int(),
  sha256: z.string(),
});
const frozenSchema = z.strictObject({
  recipient: z.string(),
  language: z.enum(['zh', 'en']),
  timeZone: z.string(),
  title: z.string(),
  period: z.string(),
  state: z.enum(['complete', 'provisional']),
  dataAsOf: z.number(),
  issue: z.number().int(),
  /** Figures that moved since the issue before; 0 for the first issue. */
  moved: z.number().int(),
  files: z.array(frozenFileSchema).min(1),
  frozenAt: z.number(),
});

/** A file as it is sent: encrypted. */
export type FrozenFile = z.infer<typeof frozenFileSchema>;
/** What one recipient is sent: encrypted files, and words that tell no figure. */
export type Frozen = z.infer<typeof frozenSchema>;

/** Encrypted bytes that wait to be sent, in the data folder, mode 0600. Whole or not there. */
export interface Outbox {
  /** What was frozen for a recipient; null when nothing was, or not all of it is there any more. */
  find(run: RunKey, recipient: string): Promise<Frozen | null>;
  read(run: RunKey, recipient: string, file: FrozenFile): Readable;
  /** Begins to freeze an issue; nothing of it counts before `commit`. */
  draft(run: RunKey): Promise<OutboxDraft>;
  /** Removes what was frozen before an instant. */
  prune(before: number): Promise<void>;
}

export interface OutboxDraft {
  /** Stores one encrypted file. */
  write(
    recipient: string,
    file: Pick<FrozenFile, 'name' | 'format'>,
    encrypted: AsyncIterable<Uint8Array>,
  ): Promise<FrozenFile>;
  /** Closes what one recipient gets. */
  seal(frozen: Frozen): Promise<void>;
  /** All recipients at once appear; one who has something frozen already keeps it. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

const MANIFEST = 'manifest.json';
const DRAFT_PREFIX = 'draft-';
const FOLDER = { recursive: true, mode: 0o700 } as const;

/** The outbox in a folder, which is made when first needed. */
export function openOutbox(folder: string): Outbox {
  const runFolder = (run: RunKey): string =>
    join(folder, run.report.replaceAll(':', '_'), `${String(run.scheduledAt)}-${String(run.issue)}`);
  const place = (run: RunKey, recipient: string): string => join(runFolder(run), nameOf(recipient));

  return {
    async find(run, recipient) {
      const frozen = await readManifest(join(place(run, recipient), MANIFEST));
      if (frozen === null) return null;
      for (const file of frozen.files) {
        const size = await stat(join(place(run, recipient), file.sha256)).then(
          (found) => found.size,
          () => -1,
        );
        if (size !== file.bytes) return null;
      }
      return frozen;
    },
    read: (run, recipient, file) => createReadStream(join(place(run, recipient), file.sha256)),
    async draft(run) {
      const drafted = join(folder, `${DRAFT_PREFIX}${randomUUID()}`);
      await mkdir(drafted, FOLDER);
      return openDraft(drafted, runFolder(run));
    },
    async prune(before) {
      for (const report of await list(folder)) {
        for (const run of await list(join(folder, report))) {
          const path = join(folder, report, run);
          if (report.startsWith(DRAFT_PREFIX)) continue;
          if ((await stat(path)).mtimeMs < before) await rm(path, { recursive: true, force: true });
        }
        const path = join(folder, report);
        if (report.startsWith(DRAFT_PREFIX) && (await stat(path)).mtimeMs < before)
          await rm(path, { recursive: true, force: true });
      }
    },
  };
}

function openDraft(drafted: string, target: string): OutboxDraft {
  return {
    async write(recipient, file, encrypted) {
      const own = join(drafted, nameOf(recipient));
      await mkdir(own, FOLDER);
      const hash = createHash('sha256');
      let bytes = 0;
      const part = join(own, randomUUID());
      await withFile(part, async (handle) => {
        for await (const chunk of encrypted) {
          hash.update(chunk);
          bytes += chunk.length;
          await handle.writeFile(chunk);
        }
      });
      const sha256 = hash.digest('hex');
      await rename(part, join(own, sha256));
      return { ...file, bytes, sha256 };
    },
    async seal(frozen) {
      const own = join(drafted, nameOf(frozen.recipient));
      await withFile(join(own, MANIFEST), (handle) => handle.writeFile(JSON.stringify(frozen)));
    },
    async commit() {
      await mkdir(join(target, '..'), FOLDER);
      if (await moved(drafted, target)) return;
      for (const recipient of await list(drafted))
        await moved(join(drafted, recipient), join(target, recipient));
      await rm(drafted, { recursive: true, force: true });
    },
    discard: () => rm(drafted, { recursive: true, force: true }),
  };
}

/** Whether the folder could be put there; false when one that is not empty stands there. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST'))
      return false;
    throw error;
  }
}

async function withFile(path: string, write: (handle: FileHandle) => Promise<unknown>): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readManifest(path: string): Promise<Frozen | null> {
  try {
    const parsed = frozenSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** Names of people are no names of folders. */
function nameOf(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 24);
}
