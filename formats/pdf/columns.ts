import type { Line } from './lines.js';
import type { Strip } from './strips.js';
import { characterWidth, type Word } from './words.js';

/** Places (x, ascending) between the columns of a table: one less than there are columns. */
export type Cuts = readonly number[];

/** A header gap of so many ems parts two names. */
const NAME_GAP = 0.7;

/**
 * The cuts, given the header: a narrow strip needs a header name on either side, or it is but the space of
 * `2026-09-10 23:00`; where every row has the same narrow gap, the names must also plainly be two.
 */
export function chooseCuts(strips: readonly Strip[], header: Line | undefined): Cuts {
  const cuts = strips.map((strip) => strip.cut);
  if (header === undefined) return cuts;
  const names = cellsOf(header, cuts);
  const kept: number[] = [];
  let before = names[0]?.at(-1);
  for (const [at, { kind, cut }] of strips.entries()) {
    const after = names[at + 1]?.[0];
    const apart =
      before !== undefined &&
      after !== undefined &&
      (kind === 'differing' || !after.glued || after.left - before.right > NAME_GAP * after.size);
    if (kind === 'wide' || apart) {
      kept.push(cut);
      before = undefined;
    }
    before = names[at + 1]?.at(-1) ?? before;
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
