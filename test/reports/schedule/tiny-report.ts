import { reportDefinitionSchema, succeed, type ReportDefinition } from '../../../schemas/index.js';
import { definedPeriod } from '../../../reports/index.js';
import type { IssueTools } from '../../../reports/run/issue-report.js';

/** A real report of one table, for tests of what happens around it. */
export function tinyDefinition(more: Readonly<Record<string, unknown>>): ReportDefinition {
  return reportDefinitionSchema.parse({
    name: 'tiny',
    title: { zh: '直播简报', en: 'Brief' },
    subtitle: { zh: '测试', en: 'test' },
    period: 'yesterday',
    formats: ['xlsx'],
    highlights: { query: 'reports/highlights', tell_from: 0.2, figures: [] },
    sections: [{ id: 'words', title: { zh: '说明', en: 'Note' }, text: { zh: '说明', en: 'note' } }],
    ...more,
  });
}

/** What its table shows of a day (the first of the period). */
export interface TinyDay {
  readonly viewers: number;
  readonly complete: boolean;
}

/** Computes it from days as the test has them now. */
export function tinyCompute(zone: string, dayOf: (from: number) => TinyDay): IssueTools['compute'] {
  return (definition, run) => {
    const period = definedPeriod(definition, run.scheduledAt, zone, 'zh');
    const { viewers, complete } = dayOf(period.from);
    return Promise.resolve(
      succeed({
        name: definition.name,
        title: definition.title.zh,
        subtitle: definition.subtitle.zh,
        period,
        state: complete ? 'complete' : 'provisional',
        stateNote: complete ? null : '未到齐',
        dataAsOf: run.scheduledAt,
        recipient: null,
        language: 'zh',
        timeZone: zone,
        highlights: [],
        summary: [],
        sections: [
          {
            id: 'lives',
            title: '各场直播',
            charts: [],
            tables: [
              {
                title: '各场直播',
                columns: [
                  { key: 'title', label: '场次', kind: 'text' },
                  { key: 'viewers', label: '观看人数', kind: 'integer' },
                ],
                rows: [['秋季新品首发', viewers]],
                emptyNote: '没有数据',
              },
            ],
          },
        ],
        metrics: [],
      }),
    );
  };
}
