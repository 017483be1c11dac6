/** Which sheets a workbook package holds and where its parts lie. */
import type { BoundedZip, ZipEntry } from '../bounded-zip.js';
import { XLSX_LIMITS } from '../limits.js';
import { FormatError, type FormatFailureCode } from '../table.js';
import { eachTokenOfSmallPart } from './read-part.js';
import { nameCode, Token } from './xml-tokens.js';

export interface WorkbookSheet {
  readonly name: string;
  readonly entry: ZipEntry;
}

export interface Workbook {
  /** In the order of their tabs, hidden ones too; sheets that are only a chart or a macro are left out. */
  readonly sheets: readonly WorkbookSheet[];
  readonly uses1904: boolean;
  readonly sharedStrings: ZipEntry | null;
  readonly styles: ZipEntry | null;
}

const name = {
  relationship: nameCode('Relationship'),
  sheet: nameCode('sheet'),
  workbook: nameCode('workbook'),
  workbookProperties: nameCode('workbookPr'),
};
const attribute = {
  id: nameCode('Id'),
  type: nameCode('Type'),
  target: nameCode('Target'),
  targetMode: nameCode('TargetMode'),
  name: nameCode('name'),
  date1904: nameCode('date1904'),
};

/** Reads the workbook part and its relationships; every part it names must be there. */
export async function readWorkbook(zip: BoundedZip): Promise<Workbook> {
  const path = await workbookPath(zip);
  const entry = zip.find(path);
  if (entry === undefined) throw await notWorkbook(zip);
  const relationships = await readRelationships(zip, path);
  const sheets: WorkbookSheet[] = [];
  const found = { isWorkbook: false, uses1904: false };
  await eachTokenOfSmallPart(zip, entry, (tokens, kind) => {
    if (kind !== Token.Open) return;
    if (tokens.name === name.workbook) found.isWorkbook = true;
    if (tokens.name === name.workbookProperties) {
      const value = tokens.attribute(attribute.date1904);
      found.uses1904 = value === '1' || value === 'true';
    }
    if (tokens.name !== name.sheet) return;
    if (sheets.length >= XLSX_LIMITS.sheets) throw refuse('too_large', 'the workbook has too many sheets');
    const relationship = relationships.get(tokens.attributeByLocalName('id') ?? '');
    if (relationship === undefined) throw refuse('damaged', 'a sheet of the workbook is missing');
    if (relationship.kind !== 'worksheet') return;
    sheets.push({ name: tokens.attribute(attribute.name) ?? '', entry: required(zip, relationship.path) });
  });
  if (!found.isWorkbook) throw refuse('unsupported', 'an Office document that is no workbook');
  const part = (kind: string): ZipEntry | null => {
    const match = [...relationships.values()].find((relationship) => relationship.kind === kind);
    return match === undefined ? null : required(zip, match.path);
  };
  return { sheets, uses1904: found.uses1904, sharedStrings: part('sharedStrings'), styles: part('styles') };
}

function required(zip: BoundedZip, path: string): ZipEntry {
  const entry = zip.find(path);
  if (entry === undefined) throw refuse('damaged', 'a part of the workbook is missing');
  return entry;
}

interface Relationship {
  /** Last segment of its type, the same in transitional and strict files: `worksheet`, `styles`. */
  readonly kind: string;
  readonly path: string;
}

async function workbookPath(zip: BoundedZip): Promise<string> {
  for (const { kind, path } of (await readRelationships(zip, '')).values()) {
    if (kind === 'officeDocument') return path;
  }
  return 'xl/workbook.xml';
}

/** Of a part, or of the package (''), by id. Links out of the file are left out: nothing is fetched. */
async function readRelationships(zip: BoundedZip, part: string): Promise<Map<string, Relationship>> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const entry = zip.find(`${folder}_rels/${part.slice(slash)}.rels`);
  const relationships = new Map<string, Relationship>();
  if (entry === undefined) return relationships;
  await eachTokenOfSmallPart(zip, entry, (tokens, kind) => {
    if (kind !== Token.Open || tokens.name !== name.relationship) return;
    if (tokens.attribute(attribute.targetMode) === 'External') return;
    const id = tokens.attribute(attribute.id) ?? '';
    const type = tokens.attribute(attribute.type) ?? '';
    const target = tokens.attribute(attribute.target) ?? '';
    relationships.set(id, { kind: type.slice(type.lastIndexOf('/') + 1), path: resolve(folder, target) });
  });
  return relationships;
}

function resolve(folder: string, target: string): string {
  const segments: string[] = [];
  const path = target.replaceAll('\\', '/');
  for (const segment of (path.startsWith('/') ? path : folder + path).split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

async function notWorkbook(zip: BoundedZip): Promise<FormatError> {
  if (zip.find('xl/workbook.bin') !== undefined) {
    return refuse('unsupported', 'a binary workbook (.xlsb): save it as .xlsx');
  }
  if (zip.find('word/document.xml') !== undefined) return refuse('unsupported', 'a Word document');
  if (zip.find('ppt/presentation.xml') !== undefined) return refuse('unsupported', 'a PowerPoint file');
  const mimetype = zip.find('mimetype');
  if (mimetype !== undefined && mimetype.inflatedBytes < 200) {
    let text = '';
    for await (const block of zip.inflate(mimetype)) text += block.toString('latin1');
    if (text.includes('opendocument')) {
      return refuse('unsupported', 'an OpenDocument file (.ods): save it as .xlsx');
    }
  }
  return refuse('unsupported', 'a zip archive that holds no workbook');
}

function refuse(code: FormatFailureCode, detail: string): FormatError {
  return new FormatError({ code, detail });
}
