import type { LogFields, Logger } from '../schemas/index.js';

/** Lines of JSON on stderr; `debug` only when asked for. Fields are counts, codes and names of steps. */
export function openLogger(write: (line: string) => void, verbose: boolean): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
    };
  return {
    debug: verbose ? at('debug') : () => undefined,
    info: verbose ? at('info') : () => undefined,
    warn: at('warn'),
    error: at('error'),
  };
}
