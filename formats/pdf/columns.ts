import { type Line } from './lines.js';
import { characterWidth, type Word } from './words.js';

/** Places (x, ascending) between the columns of a table: one less than there are columns. */
export type Cuts = readonly number[];

/** Points per step of the search. */
const STEP = 0.25;
/** A narrower strip than this many ems may be a space within a cell: rows and header must speak for it. */
const WIDE_EMS = 0.8;
/** Narrower than this is no strip at all. */
const LEAST_EMS = 0.15;
/** Share of the lines that may have text in a gap (a title among the rows, an overlong cell). */
const TOLERANCE = 0.02;

/**
 * Chooses the cuts from all rows of all pages at once: strips of the page that hold no text in (nearly) any line.
 * Rows with right-aligned numbers leave such strips even where single rows have narrow gaps.
 */
export function chooseCuts(lines: readonly Line[]): Cuts {
  const words = lines.flatMap((line) => line.words);
  if (words.length === 0) return [];
  const left = Math.min(...minMax(words, (word) => word.left));
  const right = Math.max(...minMax(words, (word) => word.right));
  const steps = Math.ceil((right - left) / STEP) + 1;
  if (!Number.isFinite(steps) || steps > 200_000) return [];
  const ink = inkPerStep(lines, left, steps);
  const tolerated = Math.floor(lines.length * TOLERANCE);
  const size = median(lines.map((line) => line.size));

  const strips: { readonly middle: number; readonly widthEms: number }[] = [];
  for (let from = 0; from < steps; from += 1) {
    if ((ink[from] ?? 0) > tolerated) continue;
    let to = from;
    while (to < steps && (ink[to] ?? 0) <= tolerated) to += 1;
    if (from > 0 && to < steps) {
      const middle = left + ((from + to) / 2) * STEP;
      const widthEms = ((to - from) * STEP) / size;
      if (widthEms >= WIDE_EMS || (widthEms >= LEAST_EMS && gapsDiffer(lines, middle, widthEms))) {
        strips.push({ middle, widthEms });
      }
    }
    from = to;
  }
  // A narrow strip under one header cell is the space of `2026-09-10 23:00`.
  const header =
    lines[0] === undefined
      ? []
      : cellsOf(
          lines[0],
          strips.map((strip) => strip.middle),
        );
  return strips
    .filter(({ widthEms }, at) => widthEms >= WIDE_EMS || (header[at]?.length && header[at + 1]?.length))
    .map((strip) => strip.middle);
}

/** The words of a line by column; a word across a cut is split there when it plainly belongs to both sides. */
export function cellsOf(line: Line, cuts: Cuts): Word[][] {
  const cells: Word[][] = Array.from({ length: cuts.length + 1 }, () => []);
  for (const word of line.words) {
    for (const part of splitAtCuts(word, cuts))
      cells[columnOf((part.left + part.right) / 2, cuts)]?.push(part);
  }
  return cells;
}

function columnOf(x: number, cuts: Cuts): number {
  const column = cuts.findIndex((cut) => x < cut);
  return column === -1 ? cuts.length : column;
}

/**
 * Is a strip as narrow as a space wider in many rows? Numbers of different length make it so between two columns; the
 * space within a cell is the same in every row.
 */
function gapsDiffer(lines: readonly Line[], at: number, widthEms: number): boolean {
  let gaps = 0;
  let wider = 0;
  for (const { words, size } of lines) {
    const before = lastBefore(words, at);
    const after = words.find((word) => word.left >= at);
    if (before === null || after === undefined) continue;
    gaps += 1;
    if ((after.left - before.right) / size > widthEms + 0.25) wider += 1;
  }
  return wider * 5 >= gaps;
}

function lastBefore(words: readonly Word[], at: number): Word | null {
  let last: Word | null = null;
  for (const word of words) if (word.right <= at && (last === null || word.right > last.right)) last = word;
  return last;
}

function inkPerStep(lines: readonly Line[], left: number, steps: number): Uint32Array {
  const ink = new Uint32Array(steps + 1);
  for (const { words } of lines) {
    let covered = -1;
    for (const word of words) {
      const from = Math.max(covered + 1, Math.floor((word.left - left) / STEP));
      const to = Math.min(steps, Math.floor((word.right - left - 0.01) / STEP));
      for (let step = from; step <= to; step += 1) ink[step] = (ink[step] ?? 0) + 1;
      covered = Math.max(covered, to);
    }
  }
  return ink;
}

function splitAtCuts(word: Word, cuts: Cuts): Word[] {
  const margin = 0.25 * word.size;
  const cut = cuts.find((at) => at > word.left + margin && at < word.right - margin);
  if (cut === undefined || word.text.length < 2) return [word];
  const characters = Array.from(word.text);
  const total = characters.reduce((sum, character) => sum + characterWidth(character), 0);
  const scale = (word.right - word.left) / total;
  let at = word.left;
  let split = 0;
  for (const character of characters) {
    const width = characterWidth(character) * scale;
    if (at + width / 2 >= cut) break;
    at += width;
    split += 1;
  }
  if (split === 0 || split === characters.length) return [word];
  const head: Word = { ...word, text: characters.slice(0, split).join(''), right: Math.min(at, cut) };
  const tail: Word = { ...word, text: characters.slice(split).join(''), left: Math.max(at, cut) };
  return [head, ...splitAtCuts(tail, cuts)];
}

function minMax(words: readonly Word[], of: (word: Word) => number): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const word of words) {
    least = Math.min(least, of(word));
    most = Math.max(most, of(word));
  }
  return [least, most];
}

/** Median of numbers; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
