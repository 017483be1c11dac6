import type { Word } from './words.js';

/** Words on one baseline, from left to right, with the pieces that wide gaps cut them into. */
export interface Line {
  readonly y: number;
  readonly size: number;
  readonly words: readonly Word[];
  /** Groups of words with less than `CELL_GAP` between them. */
  readonly segments: number;
}

/** A gap of so many ems is more than a space. */
const CELL_GAP = 0.7;

/** Lines of one page from top to bottom. */
export function buildLines(words: readonly Word[]): Line[] {
  const sorted = [...words].sort((a, b) => a.y - b.y);
  const lines: Line[] = [];
  let current: Word[] = [];
  const finish = (): void => {
    if (current.length > 0) lines.push(toLine(current));
    current = [];
  };
  for (const word of sorted) {
    const first = current[0];
    if (first !== undefined && word.y - first.y > 0.4 * Math.min(first.size, word.size)) finish();
    current.push(word);
  }
  finish();
  return lines;
}

/** One line out of several (a cell that was wrapped): words keep their order from top to bottom. */
export function joinLines(lines: readonly Line[]): Line {
  const words = lines.flatMap((line) => line.words);
  const [first] = lines;
  return {
    y: first?.y ?? 0,
    size: first?.size ?? 0,
    words,
    segments: Math.max(...lines.map((line) => line.segments)),
  };
}

/** Words as text: a space where there was one on paper, none between the pieces of one word. */
export function lineText(words: readonly Word[]): string {
  let text = '';
  let previous: Word | undefined;
  for (const word of words) {
    const below = previous !== undefined && word.y - previous.y > 0.5 * word.size;
    const gap = previous === undefined || below ? 0 : word.left - previous.right;
    const spaced = gap > 0.12 * word.size || (below && /[\w,.]$/.test(text) && /^\w/.test(word.text));
    text += spaced ? ` ${word.text}` : word.text;
    previous = word;
  }
  return text;
}

function toLine(words: readonly Word[]): Line {
  const ordered = [...words].sort((a, b) => a.left - b.left);
  let segments = 1;
  for (let at = 1; at < ordered.length; at += 1) {
    const [before, after] = [ordered[at - 1], ordered[at]];
    if (before && after && after.left - before.right > CELL_GAP * Math.max(before.size, after.size))
      segments += 1;
  }
  const y = ordered.reduce((sum, word) => sum + word.y, 0) / ordered.length;
  return { y, size: Math.max(...ordered.map((word) => word.size)), words: ordered, segments };
}
