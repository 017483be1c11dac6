import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';

// Put together here because the package has no declarations for it, and none are needed.
const WORKER = ['pdfjs-dist', 'legacy', 'build', 'pdf.worker.mjs'].join('/');

let loading: Promise<typeof Pdfjs> | null = null;

/**
 * pdf.js, loaded once. Its legacy build (the one for Node 20) brings core-js, which replaces `Array.prototype.push`
 * by a slow copy for the sake of a corner case: the native one is put back, or every page costs a fifth more.
 */
export function loadPdfjs(): Promise<typeof Pdfjs> {
  loading ??= (async () => {
    const push = Object.getOwnPropertyDescriptor(Array.prototype, 'push');
    // Loaded before it is asked for, so that pdf.js does not load it later and replace `push` again.
    await import(WORKER);
    const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
    if (push !== undefined) Object.defineProperty(Array.prototype, 'push', push);
    return pdfjs;
  })();
  return loading;
}

/** Folder of a part of the package (`cmaps`, `standard_fonts`), with the slash that pdf.js wants. */
export function pdfjsFolder(name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), name, '/');
}
