import type { Source } from '../source.js';
import { ownEventSource } from './own-event.js';

/** Every kind of input, one line each; the only registry. Of equally sure ones the first wins. */
export const SOURCES: readonly Source[] = [ownEventSource];
