import { credit, type CreditSheet, type PathTotals } from './paths.js';

/** How a rule shares one conversion among the touches of its path (never empty); the shares add up to 1. */
type Rule = (path: readonly number[], give: (label: number, share: number) => void) => void;

export const firstTouch: Rule = (path, give) => {
  give(path[0] ?? 0, 1);
};

export const lastTouch: Rule = (path, give) => {
  give(path.at(-1) ?? 0, 1);
};

/** The last touch that is not direct; direct where there is nothing else. */
export function lastNonDirect(directLabel: number): Rule {
  return (path, give) => {
    let index = path.length - 1;
    while (index >= 0 && path[index] === directLabel) index -= 1;
    give(path[Math.max(index, 0)] ?? 0, 1);
  };
}

export const linear: Rule = (path, give) => {
  for (const label of path) give(label, 1 / path.length);
};

/** First and last by their shares, the rest spread; two touches in the ratio first : last. */
export function position(first: number, last: number): Rule {
  return (path, give) => {
    const [opening = 0] = path;
    const closing = path.at(-1) ?? 0;
    if (path.length === 1) {
      give(opening, 1);
    } else if (path.length === 2) {
      const ratio = first + last === 0 ? 0.5 : first / (first + last);
      give(opening, ratio);
      give(closing, 1 - ratio);
    } else {
      const middle = (1 - first - last) / (path.length - 2);
      give(opening, first);
      for (const label of path.slice(1, -1)) give(label, middle);
      give(closing, last);
    }
  };
}

/** The worth of a set of channels is the conversions of paths within it: each path is shared equally by its channels. */
export const shapley: Rule = (path, give) => {
  const channels = new Set(path);
  for (const label of channels) give(label, 1 / channels.size);
};

/** Shares the conversions of every path that has touches. */
export function applyRule(rule: Rule, paths: readonly PathTotals[], sheet: CreditSheet): void {
  for (const { path, conversions, value } of paths) {
    if (path.length === 0 || (conversions === 0 && value === 0)) continue;
    rule(path, (label, share) => {
      credit(sheet, label, share, conversions, value);
    });
  }
}
