import type { BoundedZip, ZipEntry } from '../bounded-zip.js';
import { builtinFormatKind, formatKind, type CellKindCode } from './cells.js';
import { eachTokenOfSmallPart } from './read-part.js';
import { nameCode, Token } from './xml-tokens.js';

const name = {
  numberFormat: nameCode('numFmt'),
  cellFormats: nameCode('cellXfs'),
  format: nameCode('xf'),
  differential: nameCode('dxfs'),
};
const attribute = { id: nameCode('numFmtId'), code: nameCode('formatCode') };

/** What a number means under each cell style (`s` of a cell), by its index. */
export async function readCellKinds(
  zip: BoundedZip,
  styles: ZipEntry | null,
): Promise<readonly CellKindCode[]> {
  if (styles === null) return [];
  const kinds = new Map<number, CellKindCode>();
  const ids: number[] = [];
  let isInCellFormats = false;
  let isInDifferential = false;
  await eachTokenOfSmallPart(zip, styles, (tokens, kind) => {
    const opens = kind === Token.Open && !tokens.isEmpty;
    switch (tokens.name) {
      case name.cellFormats:
        if (kind !== Token.Text) isInCellFormats = opens;
        break;
      case name.differential:
        if (kind !== Token.Text) isInDifferential = opens;
        break;
      case name.numberFormat:
        // Formats of conditional rules have ids of their own.
        if (kind === Token.Open && !isInDifferential) {
          kinds.set(
            Number(tokens.attribute(attribute.id)),
            formatKind(tokens.attribute(attribute.code) ?? ''),
          );
        }
        break;
      case name.format:
        if (kind === Token.Open && isInCellFormats) ids.push(Number(tokens.attribute(attribute.id) ?? 0));
        break;
    }
  });
  return ids.map((id) => kinds.get(id) ?? builtinFormatKind(id));
}
