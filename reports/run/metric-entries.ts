import { findMetric, metricScale, type Language, type ReportDefinition } from '../../schemas/index.js';
import type { MetricEntry, Section } from '../render/report-document.js';

/** The metrics of the key figures, those the definition names (charts have no columns), and those of every table. */
export function metricsOf(
  definition: ReportDefinition,
  sections: readonly Section[],
  language: Language,
): readonly MetricEntry[] {
  const ids = new Set<string>(definition.highlights.figures.map(({ metric }) => metric));
  for (const section of definition.sections) {
    if ('metrics' in section) for (const metric of section.metrics) ids.add(metric);
  }
  for (const { tables } of sections) {
    for (const { metricId } of tables.flatMap(({ columns }) => columns)) {
      if (metricId !== undefined) ids.add(metricId);
    }
  }
  return [...ids].map((id) => metricEntry(id, language));
}

/** What the dictionary of a report says of a metric. */
export function metricEntry(id: string, language: Language): MetricEntry {
  const metric = findMetric(id);
  const { zh, en, short, definition, caveat, source } = metric;
  return {
    ...{ id, zh, en, short: short?.[language] ?? null },
    ...{ definition: definition[language], caveat: caveat?.[language] ?? '' },
    ...metricScale(metric, language),
    source,
  };
}
