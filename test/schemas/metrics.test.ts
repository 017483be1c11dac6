import { describe, expect, it } from 'vitest';
import { findMetric, metricComment, METRICS, metricScale } from '../../schemas/index.js';

describe('the metric dictionary', () => {
  it('has each metric once, by id and by name', () => {
    for (const of of [({ id }) => id, ({ zh }) => zh, ({ en }) => en] as ((
      metric: (typeof METRICS)[number],
    ) => string)[]) {
      const names = METRICS.map(of);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it.each(METRICS.map((metric) => [metric.id, metric] as const))(
    '%s is told whole in both languages',
    (_id, metric) => {
      const hanzi = /\p{Script=Han}/u;
      expect(metric.definition.zh).toMatch(hanzi);
      for (const text of [metric.en, metric.definition.en, metric.caveat?.en ?? '', metric.short?.en ?? '']) {
        expect(text).not.toMatch(hanzi);
      }
      const { unit, base } = metricScale(metric, 'en');
      expect(`${unit} ${base}`).not.toMatch(hanzi);
      expect(metric.base).not.toBe('');
      // A comment of the database is `Chinese | English`: one bar, nothing that ends a quoted text unescaped.
      expect(metricComment(metric).split('|')).toHaveLength(metric.id === 'lift' ? 4 : 2);
    },
  );

  it('names money in the unit of its column', () => {
    expect(metricComment(findMetric('gmv_fen'))).toMatch(/^成交金额（分）：.* \| GMV in fen: /u);
    expect(() => findMetric('nobody')).toThrow('nobody');
  });
});
