export * from './analysis-failure.js';
export * from './common.js';
export * from './parse-spec.js';
export * from './time-range.js';
export * from './funnel.js';
export * from './attribution.js';
