import type { Line } from './lines.js';
import type { Word } from './words.js';

/** An upright strip of the page that holds no text in (nearly) any row of a table. */
export interface Strip {
  readonly left: number;
  readonly right: number;
  /** Where to cut: in the middle of its emptiest part. */
  readonly cut: number;
  /**
   * `wide` cannot be the space within a cell; `differing` is narrow, but many rows have more room there (numbers of
   * different length); `even` is narrow in every row, so that only the header can tell.
   */
  readonly kind: 'wide' | 'differing' | 'even';
}

/** Points per step of the search. */
const STEP = 0.1;
/** A narrower strip than this many ems may be a space within a cell. */
const WIDE_EMS = 0.8;
/** Narrower than this is no strip at all. */
const LEAST_EMS = 0.05;
/** Share of the lines that may have text in a strip (an overlong cell); never the first line, the header. */
const TOLERANCE = 0.02;

/**
 * Finds the strips between the columns from all rows of all pages at once: rows with numbers of different
 * length leave strips even where single rows have narrow gaps.
 */
export function findStrips(lines: readonly Line[]): Strip[] {
  const words = lines.flatMap((line) => line.words);
  const [left, right] = extent(words);
  const steps = Math.ceil((right - left) / STEP) + 1;
  if (words.length === 0 || !Number.isFinite(steps) || steps > 500_000) return [];
  const tolerated = Math.floor(lines.length * TOLERANCE);
  const ink = inkPerStep(lines, left, steps, tolerated + 1);
  const size = median(lines.map((line) => line.size));

  const strips: Strip[] = [];
  for (let from = 0; from < steps; from += 1) {
    if ((ink[from] ?? 0) > tolerated) continue;
    let to = from;
    while (to < steps && (ink[to] ?? 0) <= tolerated) to += 1;
    if (from > 0 && to < steps) {
      const cut = left + emptiest(ink, from, to) * STEP;
      const widthEms = ((to - from) * STEP) / size;
      if (widthEms >= LEAST_EMS) {
        const narrow = gapsDiffer(lines, cut, widthEms) ? 'differing' : 'even';
        const kind = widthEms >= WIDE_EMS ? 'wide' : narrow;
        strips.push({ left: left + from * STEP, right: left + to * STEP, cut, kind });
      }
    }
    from = to;
  }
  return strips;
}

/** Could the line be a row of the table: text in half of its columns at least, and no word across a strip? */
export function fitsStrips(line: Line, strips: readonly Strip[]): boolean {
  if (strips.length === 0) return false;
  const open = strips.every((strip) => {
    const inside = line.words.filter((word) => word.right > strip.left && word.left < strip.right);
    return !inside.some((word) => word.left <= strip.left + STEP && word.right >= strip.right - STEP);
  });
  const columns = new Set(
    line.words.map((word) => strips.filter((strip) => (word.left + word.right) / 2 > strip.cut).length),
  );
  return open && columns.size >= Math.max(2, Math.ceil((strips.length + 1) / 2));
}

/** Median of numbers; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Is a strip as narrow as a space wider in many rows? Numbers of different length make it so between two columns; the
 * space within a cell is the same in every row.
 */
function gapsDiffer(lines: readonly Line[], at: number, widthEms: number): boolean {
  let gaps = 0;
  let wider = 0;
  for (const { words, size } of lines) {
    let before = -Infinity;
    let after = Infinity;
    for (const word of words) {
      if (word.right <= at) before = Math.max(before, word.right);
      else if (word.left >= at) after = Math.min(after, word.left);
    }
    if (before === -Infinity || after === Infinity) continue;
    gaps += 1;
    if ((after - before) / size > widthEms + 0.25) wider += 1;
  }
  return wider * 5 >= gaps;
}

/** How many lines have text at each step; the first line counts `headerWeight` times. */
function inkPerStep(lines: readonly Line[], left: number, steps: number, headerWeight: number): Uint32Array {
  const ink = new Uint32Array(steps + 1);
  for (const [at, { words }] of lines.entries()) {
    const weight = at === 0 ? headerWeight : 1;
    let covered = -1;
    for (const word of [...words].sort((a, b) => a.left - b.left)) {
      const from = Math.max(covered + 1, Math.floor((word.left - left) / STEP));
      const to = Math.min(steps, Math.floor((word.right - left - 0.01) / STEP));
      for (let step = from; step <= to; step += 1) ink[step] = (ink[step] ?? 0) + weight;
      covered = Math.max(covered, to);
    }
  }
  return ink;
}

/** Middle of the longest run of least ink in [from, to). */
function emptiest(ink: Uint32Array, from: number, to: number): number {
  const least = ink.subarray(from, to).reduce((least, value) => Math.min(least, value), Infinity);
  let best = { start: from, length: 0 };
  for (let at = from; at < to; at += 1) {
    if (ink[at] !== least) continue;
    const start = at;
    while (at < to && ink[at] === least) at += 1;
    if (at - start > best.length) best = { start, length: at - start };
  }
  return best.start + best.length / 2;
}

function extent(words: readonly Word[]): [number, number] {
  let [left, right] = [Infinity, -Infinity];
  for (const word of words) {
    left = Math.min(left, word.left);
    right = Math.max(right, word.right);
  }
  return [left, right];
}
