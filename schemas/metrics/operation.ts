import type { Metric } from './metric.js';

/** What came in. */
export const OPERATION_METRICS = [
  {
    id: 'rows_accepted',
    zh: '接收行数',
    en: 'Rows accepted',
    definition: { zh: '期内各批次接收的行数之和', en: 'rows accepted by the batches of the period' },
    kind: 'integer',
    unit: '行',
    base: '次数',
    source: 'batches.accepted',
  },
  {
    id: 'rows_rejected',
    zh: '拒绝行数',
    en: 'Rows rejected',
    definition: {
      zh: '期内各批次拒绝的行数之和；原文已加密保存，可重放',
      en: 'rows refused by the batches of the period; sealed, and replayable',
    },
    kind: 'integer',
    unit: '行',
    base: '次数',
    source: 'batches.rejected',
  },
  {
    id: 'source_days_incomplete',
    zh: '未到齐的来源日',
    en: 'Source days incomplete',
    definition: {
      zh: '期内各平台、账号、来源中状态不为完整的天数之和',
      en: 'days of platforms, accounts and sources of the period whose state is not complete',
    },
    kind: 'integer',
    unit: '天',
    base: '次数',
    source: 'source_status.state',
  },
] as const satisfies readonly Metric[];
