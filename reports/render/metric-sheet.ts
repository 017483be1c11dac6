import type { Language } from '../../schemas/index.js';
import type { MetricEntry, ReportDocument } from './report-document.js';
import type { ListedTable } from './table-model.js';
import { say } from './wording.js';

/** The metric dictionary as a table, one row a metric. */
export function metricTable(document: Pick<ReportDocument, 'language' | 'metrics'>): ListedTable {
  const { language, metrics } = document;
  const other = language === 'zh' ? 'en' : 'zh';
  return {
    title: say(language, 'metricDictionary'),
    columns: [
      { key: 'name', label: say(language, 'metricName'), kind: 'text' },
      { key: 'definition', label: say(language, 'metricDefinition'), kind: 'text', widthHint: 44 },
      { key: 'caveat', label: say(language, 'metricCaveat'), kind: 'text', widthHint: 30 },
      { key: 'unit', label: say(language, 'metricUnit'), kind: 'text' },
      { key: 'base', label: say(language, 'metricBase'), kind: 'text' },
      { key: 'source', label: say(language, 'metricSource'), kind: 'text' },
      { key: 'other_name', label: say(language, 'metricOtherName'), kind: 'text' },
      { key: 'id', label: say(language, 'metricId'), kind: 'text' },
    ],
    rows: metrics.map((metric) => [
      nameOf(metric, language),
      metric.definition,
      metric.caveat,
      metric.unit,
      metric.base,
      metric.source,
      metric[other],
      metric.id,
    ]),
    emptyNote: say(language, 'noRows'),
  };
}

/** With the name its columns have, so that whoever looks one up finds it. */
function nameOf({ zh, en, short }: MetricEntry, language: Language): string {
  const name = language === 'zh' ? zh : en;
  if (short === null || short === name) return name;
  return language === 'zh' ? `${name}（${short}）` : `${name} (${short})`;
}
