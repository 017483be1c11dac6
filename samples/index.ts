/** The door of samples/: a made-up company and the files its platforms would export. */
export { generateSamples, SAMPLE_PASSWORD, type SampleOptions, type Samples } from './generate.js';
export type { SampleFile } from './files.js';
