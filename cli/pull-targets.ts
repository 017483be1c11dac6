import type { PullManner, PullSourceName, PullTarget } from '../pipelines/index.js';
import type { App } from './compose.js';
import { readSecret } from './settings-file.js';

const HOUR_MS = 3_600_000;

/** A target, or the settings and secrets that are not set yet. */
export type FoundTarget =
  | { readonly target: PullTarget; readonly missing: readonly [] }
  | {
      readonly target: null;
      readonly missing: readonly string[];
      /** Some are set, so that somebody means to pull. */
      readonly begun: boolean;
    };

/** Where a source is pulled from, by the settings. */
export function findTarget(app: App, source: PullSourceName): FoundTarget {
  const { settings, environment } = app;
  switch (source) {
    case 'wecom': {
      const { wecom_corp_id: corpId } = settings;
      const secret = readSecret('WXLIVE_WECOM_SECRET', environment);
      if (corpId === undefined || secret === null)
        return notSet({ wecom_corp_id: corpId, WXLIVE_WECOM_SECRET: secret });
      const { wecom_account: account = corpId, wecom_api_url: apiUrl, wecom_anchors: anchors } = settings;
      return found({ source, account, apiUrl, corpId, secret, anchors });
    }
    case 'rooms': {
      const { miniprogram_app_id: appId } = settings;
      const secret = readSecret('WXLIVE_MINIPROGRAM_SECRET', environment);
      if (appId === undefined || secret === null)
        return notSet({ miniprogram_app_id: appId, WXLIVE_MINIPROGRAM_SECRET: secret });
      const { miniprogram_account: account = appId, miniprogram_api_url: apiUrl } = settings;
      return found({ source, account, apiUrl, appId, secret });
    }
    case 'css': {
      const secretId = readSecret('WXLIVE_CSS_SECRET_ID', environment);
      const secretKey = readSecret('WXLIVE_CSS_SECRET_KEY', environment);
      if (secretId === null || secretKey === null)
        return notSet({ WXLIVE_CSS_SECRET_ID: secretId, WXLIVE_CSS_SECRET_KEY: secretKey });
      const { css_account: account, css_api_url: apiUrl, css_streams: streams } = settings;
      return found({ source, account, apiUrl, secretId, secretKey, streams });
    }
  }
}

/** How to pull, by the settings. */
export async function pullManner(app: App, signal: AbortSignal): Promise<PullManner> {
  const { REAL_WAITING: waiting } = await import('../pipelines/index.js');
  const { settings, logger } = app;
  return {
    timeoutMs: settings.pull_timeout_ms,
    requestsPerSecond: settings.pull_requests_per_second,
    restateMs: settings.pull_restate_hours * HOUR_MS,
    waiting,
    signal,
    logger,
  };
}

/** When `serve` pulls a source; `off`: never. */
export function pullCron(app: App, source: PullSourceName): string {
  const { pull_wecom_cron: wecom, pull_rooms_cron: rooms, pull_css_cron: css } = app.settings;
  return { wecom, rooms, css }[source];
}

function found(target: PullTarget): FoundTarget {
  return { target, missing: [] };
}

function notSet(values: Readonly<Record<string, string | null | undefined>>): FoundTarget {
  const names = Object.keys(values);
  const missing = names.filter((name) => values[name] === undefined || values[name] === null);
  return { target: null, missing, begun: missing.length < names.length };
}
