import { z } from 'zod';
import { PLATFORM_LABELS, PLATFORMS, succeed, type Language, type Outcome } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { ReportDocument, Section } from '../render/report-document.js';
import { buildSections } from './build-section.js';
import { findIncomplete, type IncompleteSource } from './completeness.js';
import { buildHighlights, summarize } from './highlights.js';
import { metricsOf } from './metric-entries.js';
import type { ReportRun, SectionFailure } from './report-run.js';
import { loadTargets } from './targets.js';

const newestRow = z.object({ at_ms: z.coerce.number() });

/**
 * Computes a report. Every figure comes from an analysis or a query over the public views; nothing is made here. Its
 * state rests on the sources of its sections alone.
 */
export async function buildDocument(
  warehouse: Warehouse,
  run: ReportRun,
): Promise<Outcome<ReportDocument, SectionFailure>> {
  const { definition, language, period, timeZone } = run;
  const targets = await loadTargets(warehouse, timeZone);
  const sections: Section[] = [];
  for (const section of definition.sections) {
    const built = await buildSections(warehouse, section, run, targets);
    if (!built.ok) return built;
    sections.push(...built.value);
  }
  const incomplete = await findIncomplete(warehouse, definition, period, timeZone);
  const [newest] = await warehouse.query(loadSql('reports/newest-batch'), newestRow);
  const highlights = await buildHighlights(warehouse, run, targets);
  return succeed({
    name: definition.name,
    title: definition.title[language],
    subtitle: definition.subtitle[language],
    period,
    state: incomplete.length === 0 ? 'complete' : 'provisional',
    stateNote: incomplete.length === 0 ? null : incompleteNote(incomplete, language),
    dataAsOf: newest === undefined || newest.at_ms === 0 ? run.now : newest.at_ms,
    recipient: run.recipient,
    language,
    timeZone,
    highlights,
    summary: summarize(highlights, definition.highlights.tell_from, language, timeZone),
    sections,
    metrics: metricsOf(definition, sections, language),
  });
}

function incompleteNote(rows: readonly IncompleteSource[], language: Language): string {
  const [first] = rows;
  const name = PLATFORMS.find((platform) => platform === first?.platform);
  const label = name === undefined ? (first?.platform ?? '') : PLATFORM_LABELS[name][language];
  const rest = rows.length - 1;
  const more = rest === 0 ? '' : language === 'zh' ? `，另有 ${rest} 项未到齐` : `, and ${rest} more`;
  return `${label} ${first?.missing_day ?? ''} ${first?.reason ?? ''}${more}`;
}
