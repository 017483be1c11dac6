import type { Channel, Clock, Logger, Outcome, ReportDefinition } from '../../schemas/index.js';
import type { DeliveryChannel } from '../delivery/channel.js';
import type { RunKey } from '../ledger/delivery.js';
import type { SchedulerLease } from '../ledger/lease.js';
import type { DeliveryLedger, IssuedRun } from '../ledger/ledger.js';
import type { Outbox } from '../ledger/outbox.js';
import type { IssueRequest, Issued } from '../run/issue-report.js';
import type { SectionFailure } from '../run/report-run.js';

/** What a scheduler works with. */
export interface SchedulerTools {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly lease: SchedulerLease;
  readonly outbox: Outbox;
  readonly channels: ReadonlyMap<Channel, DeliveryChannel>;
  /** The definitions as they are now; those that cannot be used are left out, loudly: then they are not complete. */
  definitions(): { readonly definitions: readonly ReportDefinition[]; readonly complete: boolean };
  /** What the report still waits for, in words; empty: everything is there. */
  missing(definition: ReportDefinition, run: RunKey): Promise<readonly string[]>;
  /** Computes, encrypts and freezes an issue. */
  issue(request: IssueRequest): Promise<Outcome<Issued, SectionFailure>>;
  /** Whether the figures of a run moved by more than its definition's threshold since it was issued. */
  moved(definition: ReportDefinition, run: IssuedRun): Promise<boolean>;
  /** Days of reports begin in it. */
  readonly reportTimeZone: string;
  /** Right side of Message-IDs. */
  readonly messageDomain: string;
}

export const MINUTE_MS = 60_000;
