import type { FaceName } from './face.js';
import { openFont, type FontName } from './font-file.js';

export type FontWeight = 'regular' | 'bold';

/** A piece of text all of which one face draws. */
export interface TextRun {
  readonly face: FaceName;
  readonly text: string;
  /** Bold text in a face that has no bold: its outlines are to be thickened. */
  readonly thicken: boolean;
}

/** What is drawn as one emoji; single characters that also have a text form stay text unless told otherwise. */
const EMOJI =
  /\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*[\u{E0020}-\u{E007F}]*/gu;
const MAYBE_EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]/u;
/** Text in which nothing needs a second look: what most labels are. */
const PLAIN = /^[\x20-\x7E\u00B7\u3000-\u3029\u4E00-\u9FA5\uFF01-\uFF5E]*$/;
/** Emoji sequences whose widths are kept. */
const MOST_REMEMBERED = 2000;
const FORMAT_CHARACTERS = /[\p{Cc}\p{Cf}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/u;

/**
 * Cuts one line of text into runs by what each font has, in the order: main font of the weight, rare characters,
 * emoji, □. Control and invisible formatting characters are left out (line breaks and tabs become spaces), half
 * surrogate pairs become U+FFFD. The texts of the runs, joined, are what the reader copies.
 */
export function splitRuns(text: string, weight: FontWeight): TextRun[] {
  const runs: { face: FaceName; text: string; thicken: boolean }[] = [];
  const push = (face: FaceName, piece: string) => {
    const last = runs.at(-1);
    if (last?.face === face) last.text += piece;
    else runs.push({ face, text: piece, thicken: weight === 'bold' && face !== 'bold' });
  };
  const pushPlain = (piece: string) => {
    for (const character of piece) {
      const shown = shownCharacter(character);
      if (shown !== '') push(faceOf(shown.codePointAt(0) ?? 0, weight), shown);
    }
  };
  if (!MAYBE_EMOJI.test(text)) {
    pushPlain(text);
    return runs;
  }
  let end = 0;
  for (const match of text.matchAll(EMOJI)) {
    if (!isDrawnAsEmoji(match[0], weight)) continue;
    pushPlain(text.slice(end, match.index));
    push('emoji', match[0]);
    end = match.index + match[0].length;
  }
  pushPlain(text.slice(end));
  return runs;
}

/** Width of one line of text in points. */
export function widthOfText(text: string, size: number, weight: FontWeight): number {
  let thousandths = 0;
  if (PLAIN.test(text)) {
    // the fast way: a table's widths ask for every cell
    for (const character of text)
      thousandths += advanceOf(character, faceOf(character.codePointAt(0) ?? 0, weight));
  } else {
    for (const run of splitRuns(text, weight)) thousandths += runAdvance(run);
  }
  return (thousandths * size) / 1000;
}

const emojiAdvances = new Map<string, number>();

/** Shaping costs a hundred times a look-up, and the same emoji come again and again. */
function emojiAdvance(text: string): number {
  let advance = emojiAdvances.get(text);
  if (advance === undefined) {
    const font = openFont('emoji');
    advance = (font.layout(text).advanceWidth * 1000) / font.unitsPerEm;
    if (emojiAdvances.size >= MOST_REMEMBERED) emojiAdvances.clear();
    emojiAdvances.set(text, advance);
  }
  return advance;
}

/** Width of a run in thousandths of its size. */
export function runAdvance(run: TextRun): number {
  if (run.face === 'emoji') {
    return emojiAdvance(run.text);
  }
  let thousandths = 0;
  for (const character of run.text) thousandths += advanceOf(character, run.face);
  return thousandths;
}

function shownCharacter(character: string): string {
  if (character.length === 1 && character >= '\uD800' && character <= '\uDFFF') return '\uFFFD';
  if (!FORMAT_CHARACTERS.test(character)) return character;
  return /[\t\n\v\f\r\u0085]/.test(character) ? ' ' : '';
}

function isDrawnAsEmoji(cluster: string, weight: FontWeight): boolean {
  const points = Array.from(cluster, (character) => character.codePointAt(0) ?? 0);
  const [first = 0] = points;
  const known = points.every((point) => isJoiner(point) || has('emoji', point));
  if (!known) return false;
  if (points.length > 1) return !cluster.endsWith('\uFE0E');
  return /^\p{Emoji_Presentation}$/u.test(cluster) || !has(weight, first);
}

function isJoiner(codePoint: number): boolean {
  return codePoint === 0x200d || codePoint === 0xfe0f || codePoint >= 0xe0020;
}

function faceOf(codePoint: number, weight: FontWeight): FaceName {
  if (has(weight, codePoint)) return weight;
  if (has('rare', codePoint)) return 'rare';
  // an emoji that stands in no sequence of the grammar above, such as half a flag
  return codePoint > 0x2000 && has('emoji', codePoint) ? 'emoji' : 'missing';
}

const coverage = new Map<FontName, ReadonlySet<number>>();

function has(font: FontName, codePoint: number): boolean {
  let characters = coverage.get(font);
  if (characters === undefined) {
    characters = new Set(openFont(font).characterSet);
    coverage.set(font, characters);
  }
  return characters.has(codePoint);
}

const advances = new Map<FaceName, Map<string, number>>();

function advanceOf(character: string, face: FaceName): number {
  let known = advances.get(face);
  if (known === undefined) {
    known = new Map();
    advances.set(face, known);
  }
  let advance = known.get(character);
  if (advance === undefined) {
    const font = openFont(face === 'missing' ? 'regular' : face);
    const codePoint = face === 'missing' ? 0x25a1 : (character.codePointAt(0) ?? 0);
    advance = (font.glyphForCodePoint(codePoint).advanceWidth * 1000) / font.unitsPerEm;
    // missing characters may be any of a million: remember only what the fonts bound
    if (face !== 'missing') known.set(character, advance);
  }
  return advance;
}
