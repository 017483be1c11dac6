import type { Progress } from '../schemas/index.js';

const SHOW_AFTER_MS = 1_000;
const REDRAW_MS = 100;
const WIDTH = 28;

/** A bar on a terminal for work over a second; nothing elsewhere. */
export function openProgress(stream: NodeJS.WriteStream): Progress {
  const started = performance.now();
  let drawnAt = 0;
  let shown = false;
  return {
    update(step, done, total) {
      const now = performance.now();
      if (!stream.isTTY || now - started < SHOW_AFTER_MS || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      shown = true;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
      stream.write(`\r\u001b[2K${bar} ${Math.round(share * 100)}%  ${step}`);
    },
    end() {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}
