import type { Metric } from './metric.js';

/** What is credited to touches. */
export const ATTRIBUTION_METRICS = [
  {
    id: 'attributed_conversions',
    zh: '归因转化数',
    en: 'Attributed conversions',
    short: { zh: '转化', en: 'Conversions' },
    definition: {
      zh: '每次转化按所选模型分给其触点的份额之和，无触点的归 (none)',
      en: 'shares of every conversion given to its touches by the model, (none) without one',
    },
    caveat: {
      zh: '各模型合计相同；份额说明关联，不证明因果',
      en: 'every model has the same total; a share tells of association, not of cause',
    },
    kind: 'integer',
    unit: '次',
    base: '次数',
    source: 'attribution.models.conversions',
  },
  {
    id: 'attributed_value',
    zh: '归因金额',
    en: 'Attributed value',
    short: { zh: '金额', en: 'Value' },
    definition: {
      zh: '每次转化的金额按所选模型分给其触点的份额之和',
      en: 'shares of the value of every conversion given to its touches by the model',
    },
    caveat: { zh: '退款未减', en: 'refunds not taken off' },
    kind: 'money_fen',
    unit: '元',
    base: '金额',
    source: 'attribution.models.value',
  },
  {
    id: 'lost_viewers',
    zh: '未转化人数',
    en: 'Lost viewers',
    definition: {
      zh: '走过同一路径而所选范围内没有转化的人数',
      en: 'people of the same path without a conversion in the range',
    },
    kind: 'integer',
    unit: '人',
    base: '人数',
    source: 'attribution.paths.null_paths',
  },
] as const satisfies readonly Metric[];
