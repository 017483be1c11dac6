import type { RetentionCohort } from '../../../schemas/index.js';

/** What a viewer did, each period once; periods are numbers of the caller's choice. */
export interface ViewerPeriods {
  readonly cohorts: readonly number[];
  readonly returns: readonly number[];
}

export interface Retention {
  addViewer(viewer: ViewerPeriods): void;
  /** Periods with a cohort or a return. */
  periods(): number[];
  /** Cohorts with somebody in them; `order` is every period from the first to the last, ascending. */
  result(order: readonly number[], nameOf: (period: number) => string): RetentionCohort[];
}

interface Cohort {
  viewers: number;
  /** By period of the return. */
  readonly returned: Map<number, number>;
}

/** Counts who is in each cohort and who of them came in which period. */
export function createRetention(): Retention {
  const cohorts = new Map<number, Cohort>();
  const seen = new Set<number>();
  return {
    addViewer(viewer) {
      for (const period of viewer.cohorts) {
        seen.add(period);
        let cohort = cohorts.get(period);
        if (cohort === undefined) {
          cohort = { viewers: 0, returned: new Map() };
          cohorts.set(period, cohort);
        }
        cohort.viewers += 1;
        for (const later of viewer.returns) {
          cohort.returned.set(later, (cohort.returned.get(later) ?? 0) + 1);
        }
      }
      for (const period of viewer.returns) seen.add(period);
    },
    periods: () => [...seen],
    result(order, nameOf) {
      return order.flatMap((period, index) => {
        const cohort = cohorts.get(period);
        if (cohort === undefined) return [];
        const returned = order.slice(index).map((later) => cohort.returned.get(later) ?? 0);
        return [{ cohort: nameOf(period), viewers: cohort.viewers, returned }];
      });
    },
  };
}
