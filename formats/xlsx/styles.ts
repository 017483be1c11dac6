import { escapeXml } from './write-text.js';

/** How a cell looks; colours are RRGGBB. */
export interface CellStyle {
  readonly font?: FontStyle;
  /** Background. */
  readonly fill?: string;
  readonly border?: BorderStyle;
  /** A number format code: `#,##0`, `0.0%`, `yyyy-mm-dd`. Default: General. */
  readonly numberFormat?: string;
  readonly horizontal?: 'left' | 'center' | 'right';
  readonly vertical?: 'top' | 'center' | 'bottom';
  readonly wrap?: boolean;
  readonly indent?: number;
}

export interface FontStyle {
  /** Points. */
  readonly size?: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly color?: string;
}

export type BorderStyle = Readonly<Partial<Record<(typeof SIDES)[number], BorderLine>>>;

export interface BorderLine {
  readonly weight: 'hair' | 'thin' | 'medium';
  readonly color: string;
}

/** A look that a conditional format lays over a cell. */
export interface OverlayStyle {
  readonly color?: string;
  readonly bold?: boolean;
  readonly fill?: string;
}

/** What a cell refers to: its place in the workbook's list of formats. */
export type StyleId = number;

/** In the order the file format wants them. */
const SIDES = ['left', 'right', 'top', 'bottom'] as const;
/** Present with Office on Windows and Mac; others put their own Chinese face in its place. */
const FONT_NAME = '微软雅黑';
const FONT_SIZE = 10;
/** Codes below are built into the format; custom ones start here. */
const FIRST_CUSTOM_FORMAT = 164;

/** Each distinct piece once, numbered as it comes. */
class Numbered {
  readonly #numbers = new Map<string, number>();

  constructor(...first: readonly string[]) {
    first.forEach((piece) => this.number(piece));
  }

  number(piece: string): number {
    const known = this.#numbers.get(piece);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(piece, number);
    return number;
  }

  pieces(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  /** `<name count="2">…</name>`, or nothing when there are none. */
  list(name: string): string {
    const pieces = this.pieces();
    return pieces.length === 0
      ? ''
      : `<${name} count="${String(pieces.length)}">${pieces.join('')}</${name}>`;
  }
}

/** Collects the looks a workbook uses, each once, and gives them numbers. */
export class StyleSheet {
  readonly #fonts = new Numbered(fontXml({}));
  // the first two fills are fixed by the format
  readonly #fills = new Numbered(fillXml('none'), fillXml('gray125'));
  readonly #borders = new Numbered(borderXml({}));
  readonly #formats = new Numbered();
  readonly #cells = new Numbered();
  readonly #overlays = new Numbered();
  readonly #quoted = new Map<StyleId, StyleId>();
  readonly #styles: CellStyle[] = [];

  constructor() {
    this.add({});
  }

  /** The number of a look; equal looks get the same. */
  add(style: CellStyle): StyleId {
    return this.#number(style, false);
  }

  /** The same look for a text that begins like a formula: spreadsheets then keep it text also when it is edited. */
  quoted(id: StyleId): StyleId {
    let quoted = this.#quoted.get(id);
    if (quoted === undefined) {
      quoted = this.#number(this.#styles[id] ?? {}, true);
      this.#quoted.set(id, quoted);
    }
    return quoted;
  }

  /** The number of an overlay, for conditional formats. */
  overlay(style: OverlayStyle): number {
    const font =
      style.color === undefined && style.bold === undefined
        ? ''
        : `<font>${style.bold === true ? '<b/>' : ''}${style.color === undefined ? '' : colorXml('color', style.color)}</font>`;
    const fill =
      style.fill === undefined
        ? ''
        : `<fill><patternFill>${colorXml('bgColor', style.fill)}</patternFill></fill>`;
    return this.#overlays.number(`<dxf>${font}${fill}</dxf>`);
  }

  #number(style: CellStyle, quotePrefix: boolean): StyleId {
    const format =
      style.numberFormat === undefined ? 0 : FIRST_CUSTOM_FORMAT + this.#formats.number(style.numberFormat);
    const font = this.#fonts.number(fontXml(style.font ?? {}));
    const fill = style.fill === undefined ? 0 : this.#fills.number(fillXml('solid', style.fill));
    const border = this.#borders.number(borderXml(style.border ?? {}));
    const id = this.#cells.number(
      `<xf numFmtId="${String(format)}" fontId="${String(font)}" fillId="${String(fill)}" borderId="${String(border)}" xfId="0"${quotePrefix ? ' quotePrefix="1"' : ''}${format === 0 ? '' : ' applyNumberFormat="1"'} applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">${alignmentXml(style)}</xf>`,
    );
    this.#styles[id] ??= style;
    return id;
  }

  /** `xl/styles.xml`; call it when every look is known. */
  xml(): string {
    const formats = this.#formats
      .pieces()
      .map(
        (code, index) =>
          `<numFmt numFmtId="${String(FIRST_CUSTOM_FORMAT + index)}" formatCode="${escapeXml(code)}"/>`,
      );
    return [
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
      formats.length === 0 ? '' : `<numFmts count="${String(formats.length)}">${formats.join('')}</numFmts>`,
      this.#fonts.list('fonts'),
      this.#fills.list('fills'),
      this.#borders.list('borders'),
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
      this.#cells.list('cellXfs'),
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
      this.#overlays.list('dxfs'),
      '</styleSheet>',
    ].join('');
  }
}

function colorXml(element: string, color: string): string {
  return `<${element} rgb="FF${color}"/>`;
}

function fontXml(font: FontStyle): string {
  return `<font>${font.bold === true ? '<b/>' : ''}${font.italic === true ? '<i/>' : ''}<sz val="${String(font.size ?? FONT_SIZE)}"/>${colorXml('color', font.color ?? '000000')}<name val="${FONT_NAME}"/><family val="2"/><charset val="134"/></font>`;
}

function fillXml(pattern: 'none' | 'gray125' | 'solid', color?: string): string {
  const colors = color === undefined ? '' : `${colorXml('fgColor', color)}<bgColor indexed="64"/>`;
  return `<fill><patternFill patternType="${pattern}"${colors === '' ? '/>' : `>${colors}</patternFill>`}</fill>`;
}

function borderXml(border: BorderStyle): string {
  const sides = SIDES.map((side) => {
    const line = border[side];
    return line === undefined
      ? `<${side}/>`
      : `<${side} style="${line.weight}">${colorXml('color', line.color)}</${side}>`;
  });
  return `<border>${sides.join('')}<diagonal/></border>`;
}

function alignmentXml(style: CellStyle): string {
  const horizontal = style.horizontal === undefined ? '' : ` horizontal="${style.horizontal}"`;
  const indent = style.indent === undefined ? '' : ` indent="${String(style.indent)}"`;
  return `<alignment${horizontal} vertical="${style.vertical ?? 'center'}"${style.wrap === true ? ' wrapText="1"' : ''}${indent}/>`;
}
