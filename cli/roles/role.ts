import type { MetricsRegistry } from '../../pipelines/index.js';
import type { Logger } from '../../schemas/index.js';
import type { ReadyCheck, Route } from '../../web/index.js';
import type { App } from '../compose.js';

/** What a process of `wxlive serve` may do (PRODUCT §8). */
export const ROLE_NAMES = ['collector', 'loader', 'scheduler', 'web'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

export interface RoleContext {
  readonly app: App;
  /** Structured lines without personal data. */
  readonly logger: Logger;
  /** Of this process; shown by `/metrics`. */
  readonly metrics: MetricsRegistry;
}

/** A role at work. */
export interface RunningRole {
  /** What it answers to over HTTP; all roles of a process share one port. */
  readonly routes?: readonly Route[];
  /** Part of `/readyz`. */
  readonly ready?: ReadyCheck;
  /**
   * Takes no new work and resolves when what was in flight is done or handed back; called once, at SIGTERM. The HTTP
   * server still answers meanwhile. The process ends 10 s after the signal, whatever is left.
   */
  stop(): Promise<void>;
}

/** One role: one file beside this one and one line in index.ts. */
export interface Role {
  readonly name: RoleName;
  /** null when there is nothing for it to do here (a loader without Kafka). */
  start(context: RoleContext): Promise<RunningRole | null>;
}
