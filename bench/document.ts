/** Time and size of a report of about twelve pages as a protected PDF: `node dist/bench/document.js [FILE]`. */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { sampleReport } from './sample-report.js';

const begin = performance.now();
const { renderDocument } = await import('../reports/render/document.js');
const loaded = performance.now();

async function render(): Promise<{ bytes: Buffer; milliseconds: number }> {
  const start = performance.now();
  const chunks: Uint8Array[] = [];
  for await (const chunk of renderDocument(sampleReport(), { userPassword: 'bench-Passphrase-2026' }))
    chunks.push(chunk);
  return { bytes: Buffer.concat(chunks), milliseconds: performance.now() - start };
}

const first = await render();
const second = await render();
// only this synthetic report is ever written out
const [, , file] = process.argv;
if (file !== undefined) writeFileSync(file, second.bytes);
console.log(
  [
    `loading ${(loaded - begin).toFixed(0)} ms`,
    `first document ${first.milliseconds.toFixed(0)} ms`,
    `second ${second.milliseconds.toFixed(0)} ms`,
    `${second.bytes.length.toLocaleString('en')} bytes`,
    `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
  ].join(' · '),
);
