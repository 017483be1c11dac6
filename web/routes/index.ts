import type { Route } from '../route.js';
import type { CollectTools } from './collect.js';
import { eventsRoute } from './collect-events.js';
import { growingioRoute } from './collect-growingio.js';
import { sensorsRoutes } from './collect-sensors.js';

/** Everything the collector answers to. */
export function collectRoutes(tools: CollectTools): readonly Route[] {
  return [eventsRoute(tools), ...sensorsRoutes(tools), growingioRoute(tools)];
}
