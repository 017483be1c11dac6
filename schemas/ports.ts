/** Interfaces the outer world is seen through; built in cli/compose.ts, never below it. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
/** Never personal data: counts, codes, names of steps and files. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Clock {
  /** UTC milliseconds since the epoch. */
  now(): number;
}

/** Where work over a second tells how far it is. */
export interface Progress {
  /** `done` of `total` units (bytes or rows); total 0 when it is not known. */
  update(step: string, done: number, total: number): void;
  end(): void;
}

export type Language = 'zh' | 'en';

/** A text for people in both languages. */
export type Words = Readonly<Record<Language, string>>;
