import { z } from 'zod';

import {
  didYouMean,
  shownName,
  type CommonSpec,
  type Language,
  type TimeRange,
} from '../../schemas/index.js';
import { createFilter, fillSlots, loadSql, type Warehouse } from '../../sql/index.js';

const presenceSchema = z.object({
  events: z.coerce.number(),
  in_place: z.coerce.number(),
  in_scope: z.coerce.number(),
  names: z.array(z.string()),
});

/** Why an analysis found nobody, from the widest reason to the narrowest; event names nobody sent are named. */
export async function explainEmpty(
  warehouse: Warehouse,
  spec: CommonSpec,
  range: TimeRange,
  eventNames: readonly string[],
  context: { readonly timeZone: string; readonly language?: Language },
): Promise<string[]> {
  const filter = createFilter(context.timeZone);
  const place = filter.scope(spec, { fromMs: null, toMs: null });
  const scope = filter.scope(spec, range);
  const sql = fillSlots(loadSql('scope/presence'), { place, scope });
  const [found] = await warehouse.query(sql, presenceSchema, filter.parameters);
  const say = (zh: string, en: string): string => ((context.language ?? 'zh') === 'zh' ? zh : en);
  if (found === undefined || found.events === 0) {
    return [say('还没有任何事件：请先导入数据', 'there are no events yet: import some first')];
  }
  if (found.in_place === 0) {
    const rooms = [...spec.rooms, ...spec.accounts, ...spec.platforms].map(shownName).join(', ');
    return [say(`没有这样的直播间、账号或平台：${rooms}`, `no such room, account or platform: ${rooms}`)];
  }
  if (found.in_scope === 0) return [say('所选时间内没有数据', 'there is no data in the range')];
  const unknown = [...new Set(eventNames)].filter((name) => !found.names.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) =>
      say(
        `所选范围内没有事件「${shownName(name)}」${didYouMean(name, found.names, 'zh')}`,
        `no event '${shownName(name)}' in the scope${didYouMean(name, found.names)}`,
      ),
    );
  }
  return [say('筛选之后没有符合条件的事件', 'no event is left after the filter')];
}
