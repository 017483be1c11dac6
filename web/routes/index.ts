import type { PushSecrets } from '../../pipelines/index.js';
import type { Route } from '../route.js';
import { cssCallbackRoute } from './callback-css.js';
import { pushRoutes } from './callback-push.js';
import type { CollectTools } from './collect.js';
import { eventsRoute } from './collect-events.js';
import { growingioRoute } from './collect-growingio.js';
import { sensorsRoutes } from './collect-sensors.js';

/** What the platforms' callbacks are checked with; null: not set up. */
export interface CallbackSecrets {
  readonly cssKey: string | null;
  readonly wechat: PushSecrets | null;
  readonly wecom: PushSecrets | null;
}

/** Everything the collector answers to. */
export function collectRoutes(tools: CollectTools, secrets: CallbackSecrets): readonly Route[] {
  return [
    eventsRoute(tools),
    ...sensorsRoutes(tools),
    growingioRoute(tools),
    cssCallbackRoute(tools, secrets.cssKey),
    ...pushRoutes(tools, {
      path: '/v1/callbacks/wechat',
      secrets: secrets.wechat,
      variable: 'WXLIVE_WECHAT_TOKEN',
      event: 'wxa_punish_event',
      adapter: 'violations',
    }),
    ...pushRoutes(tools, {
      path: '/v1/callbacks/wecom',
      secrets: secrets.wecom,
      variable: 'WXLIVE_WECOM_TOKEN, WXLIVE_WECOM_AES_KEY',
      event: 'living_status_change',
      adapter: 'wecom-live',
    }),
  ];
}
