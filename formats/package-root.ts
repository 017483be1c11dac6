import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * URL of a built file of this module, given its path inside `dist/`: child processes and workers run compiled
 * code, also when the caller runs from its TypeScript source.
 */
export function builtFile(path: string): URL {
  return pathToFileURL(join(packageRoot(), 'dist', path));
}

/** The folder of package.json, found upwards from this file, built or not. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the formats module: reinstall the package');
    folder = parent;
  }
  return folder;
}
