/** The door of web/. */
export { openServer, type RunningServer, type ServerLimits, type ServerOptions } from './server.js';
export { matchRoutes, type Exchange, type Route } from './route.js';
export { reply, replyBusy, replyError, replyText } from './reply.js';
export type { CrossOrigin } from './cross-origin.js';
export { healthRoute, readyRoute, type ReadyCheck } from './routes/health.js';
export { metricsRoute } from './routes/metrics.js';
