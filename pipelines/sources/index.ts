import type { Source } from '../source.js';
import { costsSource } from './costs.js';
import { growingioSource } from './growingio.js';
import { linksSource } from './links.js';
import { ordersSource } from './orders.js';
import { ownEventSource } from './own-event.js';
import { sensorsSource } from './sensors/source.js';
import { targetsSource } from './targets.js';
import { wedataSource } from './wedata.js';
import { employeesSource } from './employees.js';
import { miniprogramRoomsSource } from './miniprogram-rooms.js';
import { minutesSource } from './minutes.js';
import { cssCallbackSource } from './tencent-css/push-callback.js';
import { violationsSource } from './violations.js';
import { wecomLiveSource } from './wecom-live.js';
import { wecomSignInSource } from './wecom-sign-in.js';
import { wecomWatchSource } from './wecom-watch/source.js';

/** Every kind of input, one line each; the only registry. Of equally sure ones the first wins. */
export const SOURCES: readonly Source[] = [
  ownEventSource,
  sensorsSource,
  growingioSource,
  wedataSource,
  ordersSource,
  linksSource,
  costsSource,
  targetsSource,
  miniprogramRoomsSource,
  minutesSource,
  cssCallbackSource,
  wecomWatchSource,
  wecomLiveSource,
  wecomSignInSource,
  employeesSource,
  violationsSource,
];
