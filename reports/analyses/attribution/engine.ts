import {
  DIRECT,
  NO_TOUCH,
  type AttributionModel,
  type AttributionResult,
  type ChannelCredit,
  type Language,
} from '../../../schemas/index.js';
import { IntegrityError } from '../integrity-error.js';

import { creditMarkov, solveMarkov } from './markov.js';
import { createCreditSheet, createPathTable, type CreditSheet } from './paths.js';
import { applyRule, firstTouch, lastNonDirect, lastTouch, linear, position, shapley } from './rule-models.js';
import { shareByAge } from './time-decay.js';

export interface AttributionOptions {
  readonly models: readonly AttributionModel[];
  readonly halfLifeMs: number;
  readonly lookbackMs: number;
  readonly position: readonly [number, number];
  readonly markovOrder: number;
  /** Only a viewer's first conversion counts. */
  readonly firstOnly: boolean;
  readonly language: Language;
}

/** One viewer's conversions and touches, each in order of time, then event id. Arrays may be longer than the counts. */
export interface Journey {
  conversionCount: number;
  conversionTimes: number[];
  conversionValues: number[];
  touchCount: number;
  touchTimes: number[];
  touchLabels: number[];
}

export interface AttributionEngine {
  /** The number of a label; the same text has the same number. */
  label(text: string): number;
  addJourney(journey: Journey): void;
  addNullPath(labels: readonly number[], viewers: number): void;
  addSummary(path: readonly string[], conversions: number, value: number, nullPaths: number): void;
  /** Credits every conversion once in every model. @throws IntegrityError when the sums do not agree */
  result(): AttributionResult;
}

export function createAttribution(options: AttributionOptions): AttributionEngine {
  const labels: string[] = [];
  const numbers = new Map<string, number>();
  const table = createPathTable();
  const wantsDecay = options.models.includes('time_decay');
  let decay = createCreditSheet(64);

  function label(text: string): number {
    let number = numbers.get(text);
    if (number === undefined) {
      number = labels.length;
      numbers.set(text, number);
      labels.push(text);
      if (number >= decay.value.length) decay = enlarge(decay);
    }
    return number;
  }
  // Known from the start, so that last_non_direct has a number to pass over.
  const direct = label(DIRECT);

  function addConversion(journey: Journey, from: number, to: number, value: number): void {
    const totals = table.at(journey.touchLabels, from, to);
    totals.conversions += 1;
    totals.value += value;
    if (wantsDecay && to > from) {
      shareByAge(decay, journey.touchLabels, journey.touchTimes, from, to, options.halfLifeMs, value);
    }
  }

  function sheetOf(model: AttributionModel): { sheet: CreditSheet; note: string | null } {
    const sheet = createCreditSheet(labels.length);
    const paths = table.all;
    switch (model) {
      case 'first':
        applyRule(firstTouch, paths, sheet);
        break;
      case 'last':
        applyRule(lastTouch, paths, sheet);
        break;
      case 'last_non_direct':
        applyRule(lastNonDirect(direct), paths, sheet);
        break;
      case 'linear':
        applyRule(linear, paths, sheet);
        break;
      case 'position':
        applyRule(position(options.position[0], options.position[1]), paths, sheet);
        break;
      case 'time_decay':
        return { sheet: decay, note: null };
      case 'shapley':
        applyRule(shapley, paths, sheet);
        break;
      case 'markov': {
        const answer = solveMarkov(paths, options.markovOrder);
        creditMarkov(answer, paths, sheet);
        return { sheet, note: answer.byLastTouch ? BY_LAST_TOUCH[options.language] : null };
      }
    }
    return { sheet, note: null };
  }

  return {
    label,
    addJourney(journey) {
      const counted = options.firstOnly ? Math.min(1, journey.conversionCount) : journey.conversionCount;
      let from = 0;
      let to = 0;
      for (let index = 0; index < counted; index += 1) {
        const time = journey.conversionTimes[index] ?? 0;
        const earliest = time - options.lookbackMs;
        while (to < journey.touchCount && (journey.touchTimes[to] ?? 0) <= time) to += 1;
        while (from < to && (journey.touchTimes[from] ?? 0) < earliest) from += 1;
        addConversion(journey, from, to, journey.conversionValues[index] ?? 0);
      }
    },
    addNullPath(path, viewers) {
      if (path.length > 0) table.at(path, 0, path.length).nullPaths += viewers;
    },
    addSummary(path, conversions, value, nullPaths) {
      const totals = table.at(path.map(label), 0, path.length);
      totals.conversions += conversions;
      totals.value += value;
      totals.nullPaths += nullPaths;
    },
    result() {
      const conversions = table.all.reduce((sum, totals) => sum + totals.conversions, 0);
      const value = table.all.reduce((sum, totals) => sum + totals.value, 0);
      const without = table.at([], 0, 0);
      const models: AttributionResult['models'] = {};
      const notes: string[] = [];
      for (const model of options.models) {
        const { sheet, note } = sheetOf(model);
        if (note !== null) notes.push(note);
        const rows = listCredits(sheet, labels, model === 'markov' ? channelsOf(table.all) : null);
        if (without.conversions > 0 || without.value !== 0) addNone(rows, without.conversions, without.value);
        checkSums(model, rows, conversions, value);
        models[model] = rows.sort(byCredit);
      }
      return { models, conversions, value, paths: listPaths(table.all, labels), notes };
    },
  };
}

const BY_LAST_TOUCH = {
  zh: '马尔可夫：移除任一渠道都不影响转化，因此按末次触点分配',
  en: 'markov: removing any one channel changes nothing, so the shares are those of the last touch',
};

function enlarge(sheet: CreditSheet): CreditSheet {
  const larger = createCreditSheet(sheet.value.length * 2);
  larger.conversions.set(sheet.conversions);
  larger.value.set(sheet.value);
  return larger;
}

function channelsOf(paths: readonly { readonly path: readonly number[] }[]): ReadonlySet<number> {
  return new Set(paths.flatMap(({ path }) => path));
}

/** Channels with credit; of `always` also those without. */
function listCredits(
  sheet: CreditSheet,
  labels: readonly string[],
  always: ReadonlySet<number> | null,
): ChannelCredit[] {
  return labels.flatMap((channel, number) => {
    const conversions = sheet.conversions[number] ?? 0;
    const value = sheet.value[number] ?? 0;
    return conversions !== 0 || value !== 0 || always?.has(number) === true
      ? [{ channel, conversions, value }]
      : [];
  });
}

function addNone(rows: ChannelCredit[], conversions: number, value: number): void {
  const known = rows.find(({ channel }) => channel === NO_TOUCH);
  if (known === undefined) {
    rows.push({ channel: NO_TOUCH, conversions, value });
  } else {
    known.conversions += conversions;
    known.value += value;
  }
}

function byCredit(left: ChannelCredit, right: ChannelCredit): number {
  return (
    right.conversions - left.conversions ||
    right.value - left.value ||
    (left.channel < right.channel ? -1 : 1)
  );
}

/** Σ credit = Σ conversions and Σ value, to 1e-9 of the total. */
function checkSums(model: string, rows: readonly ChannelCredit[], conversions: number, value: number): void {
  const credited = rows.reduce((sum, row) => sum + row.conversions, 0);
  const creditedValue = rows.reduce((sum, row) => sum + row.value, 0);
  const scale = rows.reduce((sum, row) => sum + Math.abs(row.value), 0);
  if (Math.abs(credited - conversions) > 1e-9 * Math.max(1, conversions)) {
    throw new IntegrityError(`${model} credits ${credited} of ${conversions} conversions`);
  }
  if (Math.abs(creditedValue - value) > 1e-9 * Math.max(1, scale)) {
    throw new IntegrityError(`${model} credits ${creditedValue} of a value of ${value}`);
  }
}

function listPaths(
  paths: readonly { path: readonly number[]; conversions: number; value: number; nullPaths: number }[],
  labels: readonly string[],
): AttributionResult['paths'] {
  return paths
    .filter((totals) => totals.conversions !== 0 || totals.value !== 0 || totals.nullPaths !== 0)
    .map((totals) => ({
      path: totals.path.map((number) => labels[number] ?? ''),
      conversions: totals.conversions,
      value: totals.value,
      null_paths: totals.nullPaths,
    }))
    .sort(
      (left, right) =>
        right.conversions - left.conversions ||
        right.null_paths - left.null_paths ||
        (left.path.join('\0') < right.path.join('\0') ? -1 : 1),
    );
}
