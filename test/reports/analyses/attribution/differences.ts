import type { ChannelCredit } from '../../../../schemas/index.js';
import type { Credits } from '../../../oracles/attribution.js';

/** Where the two differ by more than 1e-9; empty when they agree. */
export function differences(rows: readonly ChannelCredit[], expected: Credits): string[] {
  const labels = new Set([...rows.map(({ channel }) => channel), ...expected.conversions.keys()]);
  return [...labels].flatMap((label) => {
    const row = rows.find(({ channel }) => channel === label) ?? { conversions: 0, value: 0 };
    const conversions = row.conversions - (expected.conversions.get(label) ?? 0);
    const value = row.value - (expected.value.get(label) ?? 0);
    return Math.abs(conversions) > 1e-9 || Math.abs(value) > 1e-6
      ? [`${label}: ${conversions}, ${value}`]
      : [];
  });
}
