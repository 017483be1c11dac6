import { createHash } from 'node:crypto';
import type { OpenedFile } from '../../formats/index.js';
import type { FileReport } from './file-report.js';
import type { ImportOptions, ImportTools } from './import-options.js';
import { openRecords } from './record-rows.js';
import { importOpened } from './run-import.js';

/**
 * Imports JSON records that are in memory (replies of an API) as if they were a file that holds them as an array: the
 * same recognition, the same rows, a batch of its own. They never touch the disk as they came, since they hold names.
 *
 * @param name what the batch calls them; a time in it would be taken for the time of the export
 */
export async function importRecords(
  name: string,
  records: readonly string[],
  options: ImportOptions,
  tools: ImportTools,
): Promise<FileReport> {
  const { adapter } = options;
  const candidates =
    adapter === null ? tools.sources : tools.sources.filter((source) => source.name === adapter);
  const input = await openRecords(name, fileOf(records), candidates, options);
  const content = {
    path: name,
    sha256: () => Promise.resolve(sha256Of(records)),
    threadsFor: () => Promise.resolve(null),
  };
  return importOpened(content, input, options, tools);
}

function fileOf(records: readonly string[]): OpenedFile {
  let consumed = 0;
  const bytes = records.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return {
    format: 'json',
    encrypted: null,
    encoding: 'utf-8',
    bytes,
    content: {
      kind: 'records',
      root: 'array',
      async *chunks() {
        for (const [position, text] of records.entries()) {
          consumed += Buffer.byteLength(text);
          yield [await Promise.resolve({ position, text: text.replaceAll('\u0000', '') })];
        }
      },
    },
    consumed: () => consumed,
    close: () => Promise.resolve(),
  };
}

/** Of the array as it would be written. */
function sha256Of(records: readonly string[]): string {
  const hash = createHash('sha256');
  records.forEach((text, at) => hash.update(at === 0 ? '[' : ',').update(text));
  return hash.update(records.length === 0 ? '[]' : ']').digest('hex');
}
