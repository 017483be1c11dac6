import {
  DAYS,
  KANDIAN_LIVES,
  MINI_LIVES,
  STORE_ACCOUNT,
  STORE_LIVE,
  WECOM_LIVES,
  type KandianPlan,
  type WecomPlan,
} from './company.js';
import { playCrawler, playDaytime, playH5 } from './daytime-script.js';
import { buildMinutes, type SampleMinute } from './kandian-minutes.js';
import { playLive } from './live-script.js';
import { SeededRandom } from './random.js';
import { Script } from './script.js';
import { buildEmployees, buildOutsiders, buildViewers, type Employee, type Viewer } from './viewers.js';
import { buildAttendance, type Attendee } from './wecom-audience.js';
import { inQuarterMinutes } from './wecom-files.js';

const VIEWERS = 3000;
const STORE_VIEWERS = 180;
const EMPLOYEES = 64;
const OUTSIDERS = 260;

/** Everything that happened in the three days, before it is written as files. */
export interface World {
  readonly script: Script;
  readonly kandian: readonly { readonly live: KandianPlan; readonly minutes: readonly SampleMinute[] }[];
  readonly wecom: readonly { readonly live: WecomPlan; readonly attendees: readonly Attendee[] }[];
  readonly employees: readonly Employee[];
  readonly joined: Employee;
  readonly crawler: Viewer;
}

/** The same world for the same seed, first day and scale. */
export function buildWorld(seed: number, firstDay: string, scale: number): World {
  const root = new SeededRandom(seed);
  const viewers = buildViewers(root.fork('viewers'), Math.max(20, Math.round(VIEWERS * scale)));
  const storeViewers = buildViewers(root.fork('store'), Math.max(5, Math.round(STORE_VIEWERS * scale)));
  const [crawler] = buildViewers(root.fork('crawler'), 1);
  const [joined, ...employees] = buildEmployees(root.fork('employees'), EMPLOYEES);
  if (crawler === undefined || joined === undefined) throw new Error('a world without people');
  const outsiders = buildOutsiders(root.fork('outsiders'), OUTSIDERS);

  const script = new Script(root.fork('script'));
  const known = new Set<Viewer>();
  for (let day = 0; day < DAYS; day += 1) {
    playDaytime(script, firstDay, day, viewers, known);
    const onH5 = new Set<Viewer>();
    for (const live of KANDIAN_LIVES.filter((each) => each.day === day)) {
      for (const viewer of playH5(script, firstDay, live, viewers)) onH5.add(viewer);
    }
    for (const live of MINI_LIVES.filter((each) => each.day === day)) {
      // Nobody is in two lives at once; those of the H5 live stay there, so every visit is one touch.
      const free = viewers.filter((viewer) => !onH5.has(viewer));
      for (const viewer of playLive(script, firstDay, live, free, known, null)) known.add(viewer);
    }
  }
  playLive(script, firstDay, STORE_LIVE, storeViewers, new Set(), STORE_ACCOUNT);
  playCrawler(script, firstDay, DAYS, crawler);
  script.events.sort((a, b) => a.time - b.time || (a.event_id < b.event_id ? -1 : 1));
  script.orders.sort((a, b) => a.created_at - b.created_at || (a.order_id < b.order_id ? -1 : 1));

  const minuteRandom = root.fork('minutes');
  const wecomRandom = root.fork('wecom');
  return {
    script,
    kandian: KANDIAN_LIVES.map((live) => ({ live, minutes: buildMinutes(minuteRandom, firstDay, live) })),
    wecom: WECOM_LIVES.map((live, at) => {
      const attendees = buildAttendance(wecomRandom, firstDay, live, employees, outsiders);
      // The second list is exported in minutes.
      return { live, attendees: at === 1 ? inQuarterMinutes(attendees) : attendees };
    }),
    employees,
    joined,
    crawler,
  };
}
