import { escapeXml } from './write-text.js';

/** The parts that hold a workbook together: properties, relations, content types. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export interface WorkbookProperties {
  readonly title: string;
  readonly subject?: string;
  readonly creator?: string;
  /** UTC ms. */
  readonly created: number;
}

/** A sheet as the workbook lists it. */
export interface ListedSheet {
  readonly name: string;
  /** Range references of the whole sheet (`sheetRange`), for what is printed on every page and what is filtered. */
  readonly printTitles: string | null;
  readonly filter: string | null;
}

type RelationKind =
  | 'officeDocument'
  | 'worksheet'
  | 'styles'
  | 'sharedStrings'
  | 'theme'
  | 'drawing'
  | 'chart'
  | 'extended-properties';

/** A `.rels` part: relation k is `rId{k+1}`. */
export function relationsXml(
  targets: readonly (readonly [RelationKind | 'core-properties', string])[],
): string {
  const relations = targets.map(([kind, target], index) => {
    const type =
      kind === 'core-properties'
        ? `${PACKAGE}/relationships/metadata/core-properties`
        : `${OFFICE}/relationships/${kind}`;
    return `<Relationship Id="rId${String(index + 1)}" Type="${type}" Target="${target}"/>`;
  });
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`;
}

/** `docProps/core.xml`. */
export function corePropertiesXml(properties: WorkbookProperties): string {
  const created = `${new Date(properties.created).toISOString().slice(0, 19)}Z`;
  const subject =
    properties.subject === undefined ? '' : `<dc:subject>${escapeXml(properties.subject)}</dc:subject>`;
  const creator = escapeXml(properties.creator ?? 'wxlive');
  return [
    `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`,
    `<dc:title>${escapeXml(properties.title)}</dc:title>${subject}<dc:creator>${creator}</dc:creator><cp:lastModifiedBy>${creator}</cp:lastModifiedBy>`,
    `<dcterms:created xsi:type="dcterms:W3CDTF">${created}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${created}</dcterms:modified></cp:coreProperties>`,
  ].join('');
}

/** `docProps/app.xml`. */
export function applicationPropertiesXml(): string {
  return `${XML}<Properties xmlns="${OFFICE}/extended-properties"><Application>wxlive</Application></Properties>`;
}

/** `xl/workbook.xml`; sheet k is relation `rId{k+1}`. */
export function workbookXml(sheets: readonly ListedSheet[]): string {
  const list = sheets.map(
    ({ name }, index) =>
      `<sheet name="${escapeXml(name)}" sheetId="${String(index + 1)}" r:id="rId${String(index + 1)}"/>`,
  );
  const names = sheets.flatMap(({ printTitles, filter }, index) => [
    ...(filter === null
      ? []
      : [
          `<definedName name="_xlnm._FilterDatabase" localSheetId="${String(index)}" hidden="1">${escapeXml(filter)}</definedName>`,
        ]),
    ...(printTitles === null
      ? []
      : [
          `<definedName name="_xlnm.Print_Titles" localSheetId="${String(index)}">${escapeXml(printTitles)}</definedName>`,
        ]),
  ]);
  return [
    `${XML}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}/relationships">`,
    '<workbookPr defaultThemeVersion="124226"/><bookViews><workbookView xWindow="0" yWindow="0" windowWidth="24000" windowHeight="13000" tabRatio="800" activeTab="0"/></bookViews>',
    `<sheets>${list.join('')}</sheets>`,
    names.length === 0 ? '' : `<definedNames>${names.join('')}</definedNames>`,
    '<calcPr calcId="191029"/></workbook>',
  ].join('');
}

/** `[Content_Types].xml`. */
export function contentTypesXml(counts: {
  readonly sheets: number;
  readonly drawings: number;
  readonly charts: number;
}): string {
  const parts = (count: number, name: (number: string) => string, type: string) =>
    Array.from(
      { length: count },
      (_, index) => `<Override PartName="/${name(String(index + 1))}" ContentType="${type}"/>`,
    );
  return [
    `${XML}<Types xmlns="${PACKAGE}/content-types">`,
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>',
    `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>`,
    ...parts(counts.sheets, (number) => `xl/worksheets/sheet${number}.xml`, `${SPREADSHEET}.worksheet+xml`),
    ...parts(
      counts.drawings,
      (number) => `xl/drawings/drawing${number}.xml`,
      'application/vnd.openxmlformats-officedocument.drawing+xml',
    ),
    ...parts(
      counts.charts,
      (number) => `xl/charts/chart${number}.xml`,
      'application/vnd.openxmlformats-officedocument.drawingml.chart+xml',
    ),
    `<Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>`,
    `<Override PartName="/xl/sharedStrings.xml" ContentType="${SPREADSHEET}.sharedStrings+xml"/>`,
    '<Override PartName="/xl/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>',
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>',
    '<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>',
  ].join('');
}
