import type { Font, Glyph, GlyphPosition, GlyphRun } from 'fontkit';
import { openFont, type FontName } from './font-file.js';

/** The faces text is set in: the four fonts, and □ for what none of them has. */
export type FaceName = FontName | 'missing';
export const FACE_NAMES = [
  'regular',
  'bold',
  'rare',
  'emoji',
  'missing',
] as const satisfies readonly FaceName[];

/** What pdfkit asks of a font it embeds: the part of fontkit's interface it uses. */
export interface PdfFace {
  readonly postscriptName: string;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly lineGap: number;
  readonly capHeight: number;
  readonly xHeight: number;
  readonly italicAngle: number;
  readonly bbox: Font['bbox'];
  readonly head: { readonly macStyle: { readonly italic: boolean } };
  readonly post: { readonly isFixedPitch: boolean };
  getGlyph(id: number): Glyph;
  layout(text: string): GlyphRun;
  createSubset(): { includeGlyph(id: number): number; encode(): Uint8Array };
}

const BOX = 0x25a1;
const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/**
 * A face for one document. A PDF names one text for each glyph, but fonts share glyphs between characters (space and
 * no-break space, 一 and its Kangxi radical, every missing character and □): here each text has a glyph of its own,
 * so that what is copied is what was written.
 */
export function openFace(name: FaceName): PdfFace {
  const font = openFont(name === 'missing' ? 'regular' : name);
  const own = new Map<string, Glyph>();
  const byId: Glyph[] = [font.getGlyph(0)];
  const realIds: number[] = [0];

  function ownGlyph(key: string, real: Glyph, codePoints: readonly number[]): Glyph {
    let glyph = own.get(key);
    if (glyph === undefined) {
      glyph = { id: byId.length, advanceWidth: real.advanceWidth, codePoints, path: real.path };
      own.set(key, glyph);
      byId.push(glyph);
      realIds.push(real.id);
    }
    return glyph;
  }

  /** One glyph a character: these fonts carry no shaping. */
  function setPlainly(text: string): GlyphRun {
    const glyphs: Glyph[] = [];
    const positions: GlyphPosition[] = [];
    let advanceWidth = 0;
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0;
      const known = own.get(character);
      const glyph =
        known ??
        ownGlyph(character, font.glyphForCodePoint(name === 'missing' ? BOX : codePoint), [codePoint]);
      glyphs.push(glyph);
      positions.push({ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 });
      advanceWidth += glyph.advanceWidth;
    }
    return { glyphs, positions, advanceWidth };
  }

  /**
   * Families, skin tones and flags are one glyph for several characters. Which, is told from the text: fontkit
   * remembers for each glyph only the characters it was first met with.
   */
  function setShaped(text: string): GlyphRun {
    const glyphs: Glyph[] = [];
    const positions: GlyphPosition[] = [];
    let advanceWidth = 0;
    for (const { segment } of segmenter.segment(text)) {
      const run = font.layout(segment);
      const codePoints = Array.from(segment, (character) => character.codePointAt(0) ?? 0);
      const last = run.glyphs.length - 1;
      run.glyphs.forEach((glyph, index) => {
        const ofGlyph = codePoints.slice(index, index === last ? undefined : index + 1);
        glyphs.push(ownGlyph(`${glyph.id}:${ofGlyph.join()}`, glyph, ofGlyph));
      });
      positions.push(...run.positions);
      advanceWidth += run.advanceWidth;
    }
    return { glyphs, positions, advanceWidth };
  }

  return {
    postscriptName: name === 'missing' ? `${font.postscriptName}-Missing` : font.postscriptName,
    unitsPerEm: font.unitsPerEm,
    ascent: font.ascent,
    descent: font.descent,
    lineGap: font.lineGap,
    capHeight: font.capHeight,
    xHeight: font.xHeight,
    italicAngle: font.italicAngle,
    bbox: font.bbox,
    head: { macStyle: { italic: false } },
    post: { isFixedPitch: false },
    getGlyph: (id) => byId[id] ?? font.getGlyph(0),
    layout: name === 'emoji' ? setShaped : setPlainly,
    createSubset() {
      const subset = font.createSubset();
      const included = new Map<number, number>([[0, 0]]);
      return {
        includeGlyph(id) {
          let index = included.get(id);
          if (index === undefined) {
            index = subset.glyphs.push(realIds[id] ?? 0) - 1;
            included.set(id, index);
          }
          return index;
        },
        encode: () => subset.encode(),
      };
    },
  };
}
