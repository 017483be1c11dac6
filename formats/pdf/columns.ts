import type { Line } from './lines.js';
import type { Strip } from './strips.js';
import { characterWidth, type Word } from './words.js';

/** Places (x, ascending) between the columns of a table: one less than there are columns. */
export type Cuts = readonly number[];

/**
 * The cuts, given the header: a narrow strip needs a header name on either side, or it is but the space of
 * `2026-09-10 23:00`. Two names over one space would hardly leave it open just there.
 */
export function chooseCuts(strips: readonly Strip[], header: Line | undefined): Cuts {
  const cuts = strips.map((strip) => strip.cut);
  if (header === undefined) return cuts;
  const names = cellsOf(header, cuts);
  const kept: number[] = [];
  let named = (names[0] ?? []).length > 0;
  for (const [at, { kind, cut }] of strips.entries()) {
    const name = names[at + 1] ?? [];
    if (kind === 'wide' || (named && name.length > 0)) {
      kept.push(cut);
      named = false;
    }
    named ||= name.length > 0;
  }
  return kept;
}

/** The words of a line by column; a word across a cut is split there when it plainly belongs to both sides. */
export function cellsOf(line: Line, cuts: Cuts): Word[][] {
  const cells: Word[][] = Array.from({ length: cuts.length + 1 }, () => []);
  for (const word of line.words) {
    for (const part of splitAtCuts(word, cuts)) {
      cells[columnOf((part.left + part.right) / 2, cuts)]?.push(part);
    }
  }
  return cells;
}

function columnOf(x: number, cuts: Cuts): number {
  const column = cuts.findIndex((cut) => x < cut);
  return column === -1 ? cuts.length : column;
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
