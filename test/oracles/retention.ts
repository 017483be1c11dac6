/** Retention of PRODUCT §6 in plain words. */
export interface OracleVisit {
  readonly person: number;
  readonly time: number;
  readonly eventId: string;
  readonly period: string;
  readonly isCohort: boolean;
  readonly isReturning: boolean;
}

/** Rows `cohort viewers n0,n1,…`; `order` is every period that may be counted, in order. */
export function oracleRetention(
  visits: readonly OracleVisit[],
  order: readonly string[],
  mode: 'first' | 'each',
  isInside: (time: number) => boolean,
): string[] {
  const own = new Map<number, OracleVisit[]>();
  for (const visit of visits) own.set(visit.person, [...(own.get(visit.person) ?? []), visit]);
  const people = [...own.keys()];
  return order.flatMap((cohort, index) => {
    const members = people.filter((person) => {
      const visitsOf = (own.get(person) ?? []).filter(({ isCohort }) => isCohort);
      if (mode === 'each') return visitsOf.some(({ time, period }) => period === cohort && isInside(time));
      const [first] = [...visitsOf].sort(
        (left, right) => left.time - right.time || (left.eventId < right.eventId ? -1 : 1),
      );
      return first !== undefined && isInside(first.time) && first.period === cohort;
    });
    if (members.length === 0) return [];
    const returned = order
      .slice(index)
      .map(
        (period) =>
          members.filter((person) =>
            (own.get(person) ?? []).some(
              (visit) => visit.isReturning && visit.period === period && isInside(visit.time),
            ),
          ).length,
      );
    return [`${cohort} ${members.length} ${returned.join(',')}`];
  });
}
