import type { ReaderOutput } from '../isolated-protocol.js';
import { FormatError } from '../table.js';

/** Processor time that opening any workbook may take, and what each stored byte adds. */
const CPU_SECONDS = 18;
const STORED_BYTES_PER_CPU_SECOND = 5_000_000;
/** How often the parent is told that work goes on. */
const EXTEND_MILLISECONDS = 1_000;

/**
 * Bounds the work of opening by processor time: on a machine that does other work a good workbook waits, and is not
 * refused for it. The parent's own limit is for a reader that does not come back.
 */
export class WorkBudget {
  readonly #output: ReaderOutput;
  readonly #cpuSeconds: number;
  readonly #before = process.cpuUsage();
  #extended = performance.now();

  /** @param fileBytes as stored */
  constructor(output: ReaderOutput, fileBytes: number) {
    this.#output = output;
    this.#cpuSeconds = CPU_SECONDS + fileBytes / STORED_BYTES_PER_CPU_SECOND;
  }

  /**
   * To be called often.
   * @param isOpening afterwards nothing may be refused any more, and the work is known: as much again, and making rows.
   * @throws {FormatError} `too_large` when it is spent.
   */
  check(isOpening: boolean): void {
    const now = performance.now();
    if (now - this.#extended < EXTEND_MILLISECONDS) return;
    this.#extended = now;
    const { user, system } = process.cpuUsage(this.#before);
    if (isOpening && (user + system) / 1e6 > this.#cpuSeconds) {
      throw new FormatError({ code: 'too_large', detail: 'reading the workbook took too much work' });
    }
    this.#output.extend();
  }
}
