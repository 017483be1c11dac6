/** The door of web/. Read route.ts and server.ts first; routes/ holds one route a file. */
export { openServer, type RunningServer, type ServerLimits, type ServerOptions } from './server.js';
export { matchRoutes, type Exchange, type Route } from './route.js';
export { reply, replyBusy, replyError, replyText } from './reply.js';
export { bearerKey, queryValue, readerOf, writerOf } from './access.js';
export { BodyReader, endUpload, refuseBody, type BodyLimits, type ReadBody } from './read-body.js';
export type { CrossOrigin } from './cross-origin.js';
export { collectRoutes, type CallbackSecrets } from './routes/index.js';
export type { CollectTools } from './routes/collect.js';
export { analysesRoute, type AnalysesTools } from './routes/analyses.js';
export { healthRoute, readyRoute, type ReadyCheck } from './routes/health.js';
export { metricsRoute } from './routes/metrics.js';
export { measureProcess } from './process-figures.js';
export { measureWatermarks } from './watermarks.js';
