import { z } from 'zod';
import type { ReportDefinition, SectionDefinition } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { Bounds } from './period.js';

/** A source of which a day of the period has not arrived in full. */
const incompleteRow = z.object({
  platform: z.string(),
  source: z.string(),
  missing_day: z.string(),
  reason: z.string(),
});
export type IncompleteSource = z.infer<typeof incompleteRow>;

/** What a section rests on; null: everything. */
interface Need {
  readonly sources: readonly string[] | null;
  readonly platforms: readonly string[] | null;
}

/** What the sections of a report rest on has arrived when this is empty. */
export async function findIncomplete(
  warehouse: Warehouse,
  definition: ReportDefinition,
  period: Bounds,
  timeZone: string,
): Promise<readonly IncompleteSource[]> {
  const rows = await warehouse.query(loadSql('reports/incomplete-sources'), incompleteRow, {
    from_ms: period.from,
    to_ms: period.to,
    zone: timeZone,
  });
  return incompleteOf(definition, rows);
}

/** Those of the rows that a section of the report rests on. */
export function incompleteOf<Row extends Pick<IncompleteSource, 'platform' | 'source'>>(
  definition: Pick<ReportDefinition, 'sections'>,
  rows: readonly Row[],
): readonly Row[] {
  const needs = definition.sections.flatMap((section) => needOf(section) ?? []);
  return rows.filter(({ platform, source }) =>
    needs.some(
      ({ sources, platforms }) =>
        (sources?.includes(source) ?? true) && (platforms?.includes(platform) ?? true),
    ),
  );
}

function needOf(section: SectionDefinition): Need | null {
  if ('text' in section) return null;
  if (!('analysis' in section)) return { sources: section.sources ?? null, platforms: null };
  const { platforms } = section.spec;
  return {
    // attendance is made of watch lists, every other analysis of events
    sources: section.analysis === 'attendance' ? ['wecom-watch'] : ['events'],
    platforms: Array.isArray(platforms) ? platforms.map(String) : null,
  };
}
