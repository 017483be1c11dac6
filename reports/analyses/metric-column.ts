import { findMetric, type Language, type MetricId } from '../../schemas/index.js';
import type { TableColumn } from '../render/table-model.js';

/** What a table says of a metric's column instead of the dictionary. */
export type MetricColumnChanges = Partial<
  Pick<TableColumn, 'key' | 'label' | 'kind' | 'emphasis' | 'decimals' | 'isProbability'>
>;

/** A column that shows a metric: its name, kind and definition from the dictionary. Unless told its key is the id. */
export function metricColumn(
  id: MetricId,
  language: Language,
  changes: MetricColumnChanges = {},
): TableColumn {
  const { kind } = findMetric(id);
  return { key: id, label: metricLabel(id, language), kind, metricId: id, ...changes };
}

/** What stands above a column or beside a line: short where the dictionary has a short name. */
export function metricLabel(id: MetricId, language: Language): string {
  const metric = findMetric(id);
  return (metric.short ?? metric)[language];
}
