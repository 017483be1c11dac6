import type { ExperimentVariant, Language, SampleRatio } from '../../../schemas/index.js';

import { sampleOf, type Arm } from './arm.js';
import type { MetricType } from './inference.js';
import { usersToFind } from './power.js';

/** The usual rule of thumb for z tests: with fewer expected converts (or others) in a group the test is not to be trusted. */
const LEAST_EXPECTED = 5;
/** The power at which "how many more" is answered. */
const POWER = 0.8;

export interface Verdict {
  readonly verdict: string;
  readonly callable: boolean;
  readonly winner: string | null;
  readonly more_users_per_variant: number | null;
}

export interface Comparisons {
  readonly arms: readonly Arm[];
  readonly baseline: Arm | null;
  /** In the order of the arms. */
  readonly variants: readonly ExperimentVariant[];
  readonly srm: SampleRatio;
  readonly metric: MetricType;
  /** The values of means are fen. */
  readonly isMoney: boolean;
  readonly confidence: number;
}

/** Whether the experiment can be called, and why, in words for people who know no statistics. */
export function deriveVerdict(found: Comparisons, language: Language): Verdict {
  const words = new Words(language, found.metric);
  const obstacle = words.obstacle(found);
  if (obstacle !== null) return open(obstacle, null);
  const compared = found.variants.filter((row) => row.p_adjusted !== null);
  const closest = compared.reduce<ExperimentVariant | null>(
    (best, row) => (best === null || (row.p ?? 1) < (best.p ?? 1) ? row : best),
    null,
  );
  if (closest === null) return open(words.noSpread(), null);
  const rare = rarity(found);
  if (rare !== null) return open(words.tooRare(rare), rare.more);
  const alpha = 1 - found.confidence;
  const told = compared.filter((row) => (row.p_adjusted ?? 1) < alpha);
  if (told.length === 0) {
    const more = moreUsers(found, closest, alpha / compared.length);
    return open(words.undecided(found, closest, more), more);
  }
  const better = told.filter((row) => (row.difference ?? 0) > 0).sort(byDifference);
  const best = better[0] ?? null;
  const winner =
    best?.variant ?? (told.length === compared.length ? (found.baseline?.variant ?? null) : null);
  const shown = best ?? [...told].sort(byDifference)[0] ?? closest;
  return {
    verdict: words.decided(found, shown, best, winner, better.slice(1)),
    callable: true,
    winner,
    more_users_per_variant: null,
  };
}

function open(verdict: string, more: number | null): Verdict {
  return { verdict, callable: false, winner: null, more_users_per_variant: more };
}

function byDifference(left: ExperimentVariant, right: ExperimentVariant): number {
  return (right.difference ?? 0) - (left.difference ?? 0);
}

interface Rarity {
  readonly more: number | null;
}

/** Too few converts, or too few others, for the test; and how many more users would give enough. */
function rarity({ arms, baseline, metric }: Comparisons): Rarity | null {
  if (metric === 'mean' || baseline === null) return null;
  const counted = arms.filter(({ users }) => users > 0);
  const users = counted.reduce((sum, arm) => sum + arm.users, 0);
  const conversions = counted.reduce((sum, arm) => sum + (arm.conversions ?? 0), 0);
  const rarer = Math.min(conversions, users - conversions) / users;
  const smallest = Math.min(...counted.map((arm) => arm.users));
  if (rarer * smallest >= LEAST_EXPECTED) return null;
  return { more: rarer === 0 ? null : Math.max(1, Math.ceil(LEAST_EXPECTED / rarer) - smallest) };
}

/** How many more users each variant needs if the difference is what it looks like now. */
function moreUsers(found: Comparisons, row: ExperimentVariant, alpha: number): number | null {
  const arm = found.arms.find(({ variant }) => variant === row.variant);
  const { baseline } = found;
  if (arm === undefined || baseline === null || row.difference === null || row.difference === 0) return null;
  const variance = varianceOf(arm, found.metric) + varianceOf(baseline, found.metric);
  const needed = usersToFind(row.difference, variance, POWER, 1 - alpha);
  return Math.max(1, needed - Math.min(arm.users, baseline.users));
}

function varianceOf(arm: Arm, metric: MetricType): number {
  if (metric === 'mean') return sampleOf(arm)?.variance ?? 0;
  const rate = (arm.conversions ?? 0) / arm.users;
  return rate * (1 - rate);
}

/** The sentences; one place for both languages. */
class Words {
  private readonly zh: boolean;

  constructor(
    language: Language,
    private readonly metric: MetricType,
  ) {
    this.zh = language === 'zh';
  }

  private say(zh: string, en: string): string {
    return this.zh ? zh : en;
  }

  /** What forbids a conclusion whatever the figures are. */
  obstacle({ arms, baseline, srm }: Comparisons): string | null {
    const counted = arms.filter(({ users }) => users > 0);
    if (counted.length === 0) {
      return this.say('不能下结论：还没有观众进入实验。', 'Cannot be called: nobody has taken part yet.');
    }
    if (srm.flag) {
      const test = `χ² = ${decimal(srm.chi2 ?? 0)}, p = ${probability(srm.p ?? 0)}`;
      return this.say(
        `不能下结论：各版本的人数比例与计划不符（${test}），差异可能由分流造成。请先检查投放、链接和埋点。`,
        `Cannot be called: the variants did not get their planned shares of users (${test}), so that a difference may come from how people were split. Check the links, the placement and the tracking first.`,
      );
    }
    if (baseline === null || baseline.users === 0) {
      const name = baseline?.variant ?? '';
      return this.say(
        `不能下结论：基准版本 ${name} 还没有观众。`,
        `Cannot be called: the baseline ${name} has no users yet.`,
      );
    }
    if (counted.length === 1) {
      return this.say(
        `不能下结论：只有版本 ${baseline.variant} 有观众，没有可比的版本。`,
        `Cannot be called: only ${baseline.variant} has users, there is nothing to compare it with.`,
      );
    }
    return null;
  }

  noSpread(): string {
    return this.say(
      '不能下结论：各版本内的数值没有差别或人数不足两人，无法检验。',
      'Cannot be called: the values do not vary, or there are fewer than two users; nothing can be tested.',
    );
  }

  tooRare({ more }: Rarity): string {
    const need =
      more === null
        ? this.say('还无法估计需要多少观众。', 'How many users are needed cannot be told yet.')
        : this.say(
            `每个版本大约还需 ${whole(more)} 名观众。`,
            `About ${whole(more)} more users are needed in each variant.`,
          );
    return (
      this.say(
        '还不能下结论：转化（或未转化）的人太少，每个版本预期不足 5 人，检验不可靠。',
        'Cannot be called yet: too few people converted (or did not), under 5 expected in a variant, for the test to be trusted. ',
      ) + need
    );
  }

  undecided(found: Comparisons, row: ExperimentVariant, more: number | null): string {
    const p = probability(row.p_adjusted ?? 1);
    const need =
      more === null
        ? this.say(
            '目前两者相同，无法估计需要多少观众。',
            'They are equal so far; how many users are needed cannot be told.',
          )
        : this.say(
            `若真实差异就是现在看到的这么大，每个版本大约还需 ${whole(more)} 名观众。`,
            `If the true difference is what it looks like now, about ${whole(more)} more users are needed in each variant.`,
          );
    return (
      this.say(
        `还不能下结论：${this.standing(found, row)}，可能只是偶然（校正后 p = ${p}）。`,
        `Cannot be called yet: ${this.standing(found, row)}, which may be chance (adjusted p = ${p}). `,
      ) + need
    );
  }

  decided(
    found: Comparisons,
    row: ExperimentVariant,
    best: ExperimentVariant | null,
    winner: string | null,
    alsoBetter: readonly ExperimentVariant[],
  ): string {
    const p = probability(row.p_adjusted ?? 1);
    const baseline = found.baseline?.variant ?? '';
    const head =
      best !== null
        ? this.say(
            `可以下结论：${best.variant} 优于基准 ${baseline}。`,
            `Can be called: ${best.variant} beats the baseline ${baseline}. `,
          )
        : winner !== null
          ? this.say(
              `可以下结论：基准 ${baseline} 最好。`,
              `Can be called: the baseline ${baseline} is best. `,
            )
          : this.say(
              `可以下结论：${row.variant} 不如基准 ${baseline}，其余版本尚无定论。`,
              `Can be called: ${row.variant} is worse than the baseline ${baseline}; the others are open. `,
            );
    const reason = this.say(
      `${this.standing(found, row)}，不太可能是偶然（校正后 p = ${p}）。`,
      `${this.standing(found, row)}, which is unlikely to be chance (adjusted p = ${p}).`,
    );
    const names = alsoBetter.map(({ variant }) => variant);
    const also =
      names.length === 0
        ? ''
        : this.say(
            `${names.join('、')} 也优于基准；它们彼此之间没有比较。`,
            ` ${names.join(', ')} beat it too; they were not compared with each other.`,
          );
    return head + reason + also;
  }

  /** `b 的转化率 5.0%，a 为 3.0%，差 +2.0 个百分点（95% 区间 +0.9 至 +3.1）` */
  private standing(found: Comparisons, row: ExperimentVariant): string {
    const base = found.variants.find(({ variant }) => variant === found.baseline?.variant);
    const isRate = this.metric === 'conversion';
    const value = (one: ExperimentVariant | undefined): string =>
      isRate ? `${decimal(100 * (one?.rate ?? 0))}%` : amount(one?.mean ?? 0);
    const amount = (figure: number): string =>
      found.isMoney ? `${(figure / 100).toFixed(2)}${this.say(' 元', ' yuan')}` : decimal(figure);
    const change = (figure: number): string =>
      `${figure > 0 ? '+' : ''}${isRate ? decimal(100 * figure) : amount(figure)}`;
    const confidence = `${Number((100 * found.confidence).toFixed(4))}%`;
    const [low, high] = (row.difference_interval ?? [0, 0]).map(change);
    const unitZh = isRate ? ' 个百分点' : '';
    const unitEn = isRate ? ' points' : '';
    const difference = change(row.difference ?? 0);
    return this.say(
      `${row.variant} 的${isRate ? '转化率' : '人均值'} ${value(row)}，${base?.variant ?? ''} 为 ${value(base)}，差 ${difference}${unitZh}（${confidence} 区间 ${low ?? ''} 至 ${high ?? ''}）`,
      `${row.variant} has ${isRate ? 'a rate' : 'a mean'} of ${value(row)}, ${base?.variant ?? ''} ${value(base)}, a difference of ${difference}${unitEn} (${confidence} interval ${low ?? ''} to ${high ?? ''})`,
    );
  }
}

function decimal(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function probability(p: number): string {
  return p < 0.0001 ? p.toExponential(1) : p.toFixed(4);
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}
