/**
 * One report for twelve recipients, with and without a watermark: renderings, processor seconds, seconds.
 * `node dist/bench/recipients.js [recipients]`
 */
import { performance } from 'node:perf_hooks';
import { SharedRendering } from '../reports/run/encrypt-report.js';
import { sampleReport } from './sample-report.js';

const [, , count = '12'] = process.argv;
const recipients = Array.from({ length: Number(count) }, (_, at) => ({
  name: `收件人 ${String(at + 1)}`,
  password: `Kettle-Moss-${String(at + 100)}-Ferry`,
}));

for (const format of ['pdf', 'xlsx'] as const) {
  for (const watermark of [false, true]) {
    const rendering = new SharedRendering(sampleReport());
    const start = performance.now();
    const before = process.cpuUsage();
    let bytes = 0;
    for (const { name, password } of recipients) {
      const encrypted = rendering.encrypt(format, watermark ? name : null, password);
      if (!encrypted.ok) throw new Error(encrypted.failure.reason);
      for await (const part of encrypted.value) bytes += part.length;
    }
    const { user, system } = process.cpuUsage(before);
    console.log(
      `${format}, ${watermark ? 'watermarked' : 'only the password differs'}: ${String(rendering.renderings)} renderings, ` +
        `${((performance.now() - start) / 1_000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
        `${(bytes / 1e6).toFixed(1)} MB`,
    );
  }
}
