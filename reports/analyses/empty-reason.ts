import { z } from 'zod';

import {
  didYouMean,
  shownName,
  type CommonSpec,
  type Language,
  type TimeRange,
} from '../../schemas/index.js';
import { createFilter, fillSlots, loadSql, type Warehouse } from '../../sql/index.js';

import type { Label } from './labels.js';

const presenceSchema = z.object({
  events: z.coerce.number(),
  in_place: z.coerce.number(),
  in_scope: z.coerce.number(),
  names: z.array(z.string()),
});

interface Asker {
  readonly timeZone: string;
  readonly language?: Language;
}

/**
 * Why an analysis found nobody, from the widest reason to the narrowest; event names nobody sent are named. Where events
 * are left that the analysis has no use for, `rule` says which it has.
 */
export async function explainEmpty(
  warehouse: Warehouse,
  spec: CommonSpec,
  range: TimeRange,
  eventNames: readonly string[],
  context: Asker,
  rule?: Label,
): Promise<string[]> {
  const found = await lookForEvents(warehouse, spec, range, eventNames, context);
  const language = context.language ?? 'zh';
  const say = (zh: string, en: string): string => (language === 'zh' ? zh : en);
  if (found === undefined || found.events === 0) {
    return [say('还没有任何事件：请先导入数据', 'there are no events yet: import some first')];
  }
  if (found.in_place === 0) {
    const rooms = [...spec.rooms, ...spec.accounts, ...spec.platforms].map(shownName).join(', ');
    return [say(`没有这样的直播间、账号或平台：${rooms}`, `no such room, account or platform: ${rooms}`)];
  }
  if (found.in_scope === 0) return [say('所选时间内没有数据', 'there is no data in the range')];
  const unknown = nameUnknown(eventNames, found.names, language);
  if (unknown.length > 0) return unknown;
  const left = say('筛选之后没有符合条件的事件', 'no event is left after the filter');
  return rule === undefined ? [left] : [left, rule[language]];
}

/** A remark for each event name that nobody sent in the scope; for figures that are 0 and may be so by a mistyped name. */
export async function remarkUnknownEvents(
  warehouse: Warehouse,
  spec: CommonSpec,
  range: TimeRange,
  eventNames: readonly string[],
  context: Asker,
): Promise<string[]> {
  const found = await lookForEvents(warehouse, spec, range, eventNames, context);
  return nameUnknown(eventNames, found?.names ?? [], context.language ?? 'zh');
}

function nameUnknown(eventNames: readonly string[], known: readonly string[], language: Language): string[] {
  const unknown = [...new Set(eventNames)].filter((name) => !known.includes(name));
  return unknown.map((name) =>
    language === 'zh'
      ? `所选范围内没有事件「${shownName(name)}」${didYouMean(name, known, 'zh')}`
      : `no event '${shownName(name)}' in the scope${didYouMean(name, known)}`,
  );
}

async function lookForEvents(
  warehouse: Warehouse,
  spec: CommonSpec,
  range: TimeRange,
  eventNames: readonly string[],
  { timeZone }: Asker,
): Promise<z.infer<typeof presenceSchema> | undefined> {
  const filter = createFilter(timeZone);
  const place = filter.scope(spec, { fromMs: null, toMs: null });
  const scope = filter.scope(spec, range);
  const asked = filter.bind([...eventNames], 'Array(String)');
  const sql = fillSlots(loadSql('scope/presence'), { place, scope, asked });
  const [found] = await warehouse.query(sql, presenceSchema, filter.parameters);
  return found;
}
