import type { ChannelFigures } from '../../../schemas/index.js';
import { wilsonInterval } from '../../statistics.js';

/** What is counted of a channel. */
export interface ChannelCounts {
  readonly link_clicks: number;
  readonly entrants: number;
  readonly goods_clickers: number;
  readonly buyers: number;
  readonly orders: number;
  readonly gmv_fen: number;
  /** Entrants with an event before the range. */
  readonly returning_viewers: number;
}

/** The rates of a channel, always from its own counts; null where there is nothing to divide by. */
export function deriveFigures(counts: ChannelCounts, costFen: number | null): ChannelFigures {
  const { link_clicks, entrants, goods_clickers, buyers, orders, gmv_fen, returning_viewers } = counts;
  return {
    link_clicks,
    entrants,
    goods_clickers,
    buyers,
    orders,
    gmv_fen,
    click_rate: ratio(goods_clickers, entrants),
    buy_rate: ratio(buyers, entrants),
    buy_rate_interval: wilsonInterval(buyers, entrants),
    cost_fen: costFen,
    cost_per_entrant_fen: ratio(costFen, entrants),
    cost_per_buyer_fen: ratio(costFen, buyers),
    return_on_spend: ratio(gmv_fen, costFen ?? 0),
    new_viewers: entrants - returning_viewers,
    returning_viewers,
  };
}

function ratio(part: number | null, whole: number): number | null {
  return part === null || whole === 0 ? null : part / whole;
}
