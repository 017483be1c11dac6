import { z } from 'zod';
import { findMetric, type Language } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { valueText } from '../render/cell-text.js';
import type { Highlight, HighlightNote } from '../render/report-document.js';
import type { Cell } from '../render/table-model.js';
import type { ReportRun } from './report-run.js';
import { answerAnalysis } from './answer-analysis.js';
import { changeOf } from './compare-tables.js';
import { comparisonsOf, type Bounds } from './period.js';
import { parametersOf } from './query-parameters.js';
import type { Targets } from './targets.js';

const figuresRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** The key figures of page one beside the period before, the same weekday and the target. */
export async function buildHighlights(
  warehouse: Warehouse,
  run: ReportRun,
  targets: Targets,
): Promise<readonly Highlight[]> {
  const { figures } = run.definition.highlights;
  const asked = new Map<string, Promise<Figures>>();
  const figuresOf = (bounds: Bounds): Promise<Figures> => {
    const key = `${bounds.from}:${bounds.to}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = readFigures(warehouse, run, bounds);
    asked.set(key, answer);
    return answer;
  };
  const comparisons = comparisonsOf(run.period, run.timeZone, run.language);
  const highlights: Highlight[] = [];
  for (const { metric, kind, better } of figures) {
    const value = figure((await figuresOf(run.period))[metric]);
    const changes: { label: string; change: number | null }[] = [];
    for (const comparison of comparisons) {
      changes.push({
        label: comparison.label,
        change: changeOf(value, figure((await figuresOf(comparison))[metric])),
      });
    }
    const [first, ...others] = changes;
    const also: HighlightNote[] = others.flatMap(({ label, change }) =>
      change === null ? [] : [{ label, fraction: change, kind: 'change' as const }],
    );
    const target = targets.containing(metric, {}, run.period);
    if (target !== null && target.target > 0) {
      const soFar = figure((await figuresOf({ from: target.from, to: run.period.to }))[metric]);
      if (soFar !== null)
        also.push({
          label: targetText(
            target.period,
            valueText(target.target, kind, { timeZone: run.timeZone }),
            run.language,
          ),
          fraction: soFar / target.target,
          kind: 'share',
        });
    }
    highlights.push({
      label: findMetric(metric)[run.language],
      value,
      kind,
      change: first?.change ?? null,
      ...(first === undefined ? {} : { comparedWith: first.label }),
      ...(also.length === 0 ? {} : { also }),
      ...(better === undefined ? {} : { better }),
      metricId: metric,
    });
  }
  return highlights;
}

type Figures = Readonly<Record<string, Cell>>;

/** The figures of a period: the one row of a query, or the total of an analysis. */
async function readFigures(warehouse: Warehouse, run: ReportRun, bounds: Bounds): Promise<Figures> {
  const { highlights } = run.definition;
  if ('query' in highlights) {
    const parameters = parametersOf(highlights.query, run, bounds);
    const [row] = await warehouse.query(loadSql(highlights.query), figuresRow, parameters);
    return row ?? {};
  }
  const answered = await answerAnalysis(warehouse, highlights.analysis, highlights.spec, run, bounds);
  if (!answered.ok) throw new Error(`${run.definition.name}: highlights: ${answered.failure.message}`);
  return z.object({ total: figuresRow }).parse(answered.value.result).total;
}

function targetText(period: string, target: string, language: Language): string {
  return language === 'zh' ? `${period} 目标 ${target}` : `of ${target}, target of ${period}`;
}

function figure(value: Cell | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** At most three sentences for page one: what moved by the threshold or more; nothing when nothing did. */
export function summarize(
  highlights: readonly Highlight[],
  tellFrom: number,
  language: Language,
  timeZone: string,
): string[] {
  return highlights.flatMap(({ label, value, kind, change, comparedWith, also }) => {
    if (value === null || change === null || Math.abs(change) < tellFrom) return [];
    const shown = valueText(value, kind, { timeZone });
    const others = (also ?? []).filter((note) => note.kind === 'change');
    const moves = [{ label: comparedWith ?? '', fraction: change }, ...others].map((move) =>
      language === 'zh'
        ? `${move.label}${move.fraction > 0 ? '上升' : '下降'} ${percentText(move.fraction)}`
        : `${move.fraction > 0 ? 'up' : 'down'} ${percentText(move.fraction)} ${move.label}`,
    );
    return [
      language === 'zh'
        ? `${label} ${shown}，${moves.join('，')}。`
        : `${label} ${shown}, ${moves.join(', ')}.`,
    ];
  });
}

function percentText(fraction: number): string {
  return `${(Math.abs(fraction) * 100).toFixed(1)}%`;
}
