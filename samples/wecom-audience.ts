import { beijingTime, MINUTE_MS, type WecomPlan } from './company.js';
import type { SeededRandom } from './random.js';
import type { Employee, Outsider } from './viewers.js';

/** One line of a WeCom watch list. */
export interface Attendee {
  readonly staff: Employee | null;
  readonly outsider: Outsider | null;
  readonly seconds: number;
  readonly enteredAt: number;
  readonly leftAt: number;
  readonly comments: number;
  readonly mic: boolean;
  readonly inviter: Employee | null;
}

export function buildAttendance(
  random: SeededRandom,
  firstDay: string,
  live: WecomPlan,
  employees: readonly Employee[],
  outsiders: readonly Outsider[],
): Attendee[] {
  const start = beijingTime(firstDay, live.day, live.start);
  const length = live.minutes * 60;
  const build = (staff: Employee | null, outsider: Outsider | null): Attendee => {
    // Staff mostly stay to the end, outsiders mostly do not.
    const share =
      staff === null ? Math.min(1, random.exponential(0.35)) : Math.min(1, random.normal(0.9, 0.2));
    const late = Math.round(random.exponential(staff === null ? 600 : 150));
    const seconds = Math.max(0, Math.min(length, Math.round(length * Math.max(0, share)) - late));
    const enteredAt = start + Math.min(late, length - seconds) * 1000;
    return {
      staff,
      outsider,
      seconds,
      enteredAt,
      leftAt: enteredAt + seconds * 1000,
      comments: random.chance(0.4) ? random.integer(1, 6) : 0,
      mic: random.chance(0.03),
      inviter: staff === null && random.chance(0.5) ? random.pick(employees) : null,
    };
  };
  const present = employees.filter(() => random.chance(live.staff)).map((employee) => build(employee, null));
  const guests = random
    .shuffle(outsiders)
    .slice(0, live.outsiders)
    .map((outsider) => build(null, outsider));
  return random.shuffle([...present, ...guests]);
}

export interface SignInRound {
  readonly calledAt: number;
  readonly names: readonly { readonly name: string; readonly department: string | null }[];
}

/** Rounds of sign-in during a live: those who are there at the time, most of them. */
export function buildSignIns(
  random: SeededRandom,
  firstDay: string,
  live: WecomPlan,
  attendees: readonly Attendee[],
  rounds: number,
): SignInRound[] {
  return Array.from({ length: rounds }, (_, round) => {
    const minute = Math.round((live.minutes * (round + 1)) / (rounds + 1));
    const calledAt = beijingTime(firstDay, live.day, live.start) + minute * MINUTE_MS;
    const names = attendees
      .filter(({ enteredAt, leftAt }) => enteredAt <= calledAt && calledAt <= leftAt && random.chance(0.9))
      .map(({ staff, outsider }) => ({
        name: staff?.name ?? outsider?.name ?? '',
        department: staff?.department ?? null,
      }));
    return { calledAt, names };
  });
}
