import { valueText } from '../render/cell-text.js';
import type { ReportDocument, Section } from '../render/report-document.js';
import { figuresOf, type Figure } from './figures.js';

/** A figure that is another now. */
export interface MovedFigure {
  readonly figure: Figure;
  readonly from: number | null;
  /** |to − from| / |from|; infinite where there was nothing. */
  readonly by: number;
}

export interface Movement {
  /** Largest first. */
  readonly moved: readonly MovedFigure[];
  /** Figures that were told and stand nowhere any more. */
  readonly vanished: number;
}

const MOST_LISTED = 50;
/** Sums of fractions differ in their last digits without having moved. */
const ROUNDING = 1e-9;

/** What moved since an earlier issue told `before`. */
export function compareFigures(
  document: ReportDocument,
  before: ReadonlyMap<string, number | null>,
): Movement {
  const figures = figuresOf(document);
  const moved = figures.flatMap((figure): MovedFigure[] => {
    const from = before.get(figure.id) ?? null;
    const by = distance(from, figure.value);
    return by > ROUNDING ? [{ figure, from, by }] : [];
  });
  moved.sort((one, other) => other.by - one.by);
  const now = new Set(figures.map(({ id }) => id));
  return { moved, vanished: [...before].filter(([id, value]) => value !== null && !now.has(id)).length };
}

/** Whether anything moved by more than a fraction: then a correction is due. */
export function movedBeyond({ moved, vanished }: Movement, threshold: number): boolean {
  return vanished > 0 || moved.some(({ by }) => by > threshold);
}

/** The first section of a correction: what moved, from, to. */
export function changeNote(document: ReportDocument, issue: number, movement: Movement): Section {
  const zh = document.language === 'zh';
  const { moved, vanished } = movement;
  const title = zh ? `更正说明（第 ${String(issue)} 次更正）` : `Change note (correction ${String(issue)})`;
  const rest = moved.length - MOST_LISTED;
  const notes = [
    ...(rest > 0
      ? [zh ? `另有 ${String(rest)} 项变动未列出。` : `${String(rest)} more are not listed.`]
      : []),
    ...(vanished > 0
      ? [
          zh
            ? `上次发布的 ${String(vanished)} 项数字不再出现。`
            : `${String(vanished)} figures told before are gone.`,
        ]
      : []),
  ];
  const shown = (value: number | null, { kind }: Figure): string =>
    value === null ? (zh ? '无' : 'none') : valueText(value, kind, document);
  return {
    id: 'change-note',
    title,
    text: [
      zh
        ? '本期数据在上次发布后有变动，请以本次为准。'
        : 'The data changed after the report was issued; this issue replaces the one before.',
    ],
    tables: [
      {
        title,
        columns: [
          { key: 'place', label: zh ? '位置' : 'Where', kind: 'text' },
          { key: 'figure', label: zh ? '指标' : 'Figure', kind: 'text' },
          { key: 'before', label: zh ? '原为' : 'From', kind: 'text', align: 'right' },
          { key: 'after', label: zh ? '现为' : 'To', kind: 'text', align: 'right' },
        ],
        rows: moved
          .slice(0, MOST_LISTED)
          .map(({ figure, from }) => [
            figure.place === '' ? (zh ? '关键指标' : 'Key figures') : figure.place,
            figure.label,
            shown(from, figure),
            shown(figure.value, figure),
          ]),
        emptyNote: zh ? '没有变动的数字' : 'No figure moved',
        ...(notes.length === 0 ? {} : { note: notes.join(zh ? '' : ' ') }),
      },
    ],
    charts: [],
  };
}

function distance(from: number | null, to: number | null): number {
  if (from === to) return 0;
  if (from === null || to === null || from === 0) return Number.POSITIVE_INFINITY;
  return Math.abs(to - from) / Math.abs(from);
}
