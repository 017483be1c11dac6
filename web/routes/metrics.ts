import type { MetricsRegistry } from '../../pipelines/index.js';
import { replyText } from '../reply.js';
import type { Route } from '../route.js';

/** `/metrics`: the figures of this process in Prometheus' text format. */
export function metricsRoute(metrics: MetricsRegistry): Route {
  return {
    method: 'GET',
    path: '/metrics',
    async handle({ response }) {
      replyText(response, 200, await metrics.render(), 'text/plain; version=0.0.4; charset=utf-8');
    },
  };
}
