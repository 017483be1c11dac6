import type {
  AlertDefinition,
  Channel,
  Clock,
  Language,
  Logger,
  ReportDefinition,
} from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { AlertTools } from '../alerts/look.js';
import type { DeliveryChannel, SecretReader } from '../delivery/channel.js';
import { folderChannel } from '../delivery/folder.js';
import { mailChannel, type MailServer } from '../delivery/mail.js';
import type { ObjectStorage } from '../delivery/object-storage.js';
import { objectStorageChannel, type ObjectStore } from '../delivery/object-store.js';
import { perMinute } from '../delivery/rate-limit.js';
import { ROBOT_MESSAGES_PER_MINUTE } from '../delivery/robot-api.js';
import { robotChannel } from '../delivery/robot.js';
import { openSchedulerLease } from '../ledger/lease.js';
import { openDeliveryLedger } from '../ledger/ledger.js';
import { openOutbox, type Outbox } from '../ledger/outbox.js';
import { compareFigures, movedBeyond } from '../run/change-note.js';
import { findIncomplete } from '../run/completeness.js';
import { computeReport, issueReport, type IssueTools } from '../run/issue-report.js';
import { definedPeriod } from '../run/period.js';
import type { SchedulerTools } from './scheduler-tools.js';

/** What the settings and secrets say about sending reports. */
export interface ReportingSettings {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of encrypted bytes that wait to be sent. */
  readonly outboxFolder: string;
  readonly secrets: SecretReader;
  readonly language: Language;
  readonly timeZone: string;
  /** Null: mails cannot be sent. */
  readonly mailServer: MailServer | null;
  /** Null: there is no object storage. */
  readonly storage: ObjectStorage | null;
  definitions(): { readonly definitions: readonly ReportDefinition[]; readonly complete: boolean };
  alerts(): readonly AlertDefinition[];
  /** Computes a report. @default from the warehouse */
  readonly compute?: IssueTools['compute'];
  /** @default that of `outboxFolder` */
  readonly outbox?: Outbox;
}

/** Everything that schedules and sends reports; `close` lets go of connections. */
export interface Reporting {
  readonly scheduler: SchedulerTools;
  readonly alerts: AlertTools;
  close(): void;
}

const NO_DOMAIN = 'wxlive.invalid';

/** Builds it; libraries of channels that are not set up are not loaded. */
export async function openReporting(settings: ReportingSettings): Promise<Reporting> {
  const { warehouse, clock, logger, secrets, language, timeZone, storage } = settings;
  const store: ObjectStore | null =
    storage === null ? null : (await import('../delivery/object-storage.js')).openObjectStore(storage);
  const limit = perMinute(ROBOT_MESSAGES_PER_MINUTE);
  const channels: readonly DeliveryChannel[] = [
    folderChannel(),
    mailChannel(settings.mailServer),
    robotChannel({ secrets, store, limit, clock }),
    objectStorageChannel(store),
  ];
  const ledger = openDeliveryLedger(warehouse, clock);
  const outbox = settings.outbox ?? openOutbox(settings.outboxFolder);
  const compute: IssueTools['compute'] =
    settings.compute ??
    ((definition, run) => computeReport({ warehouse, language, timeZone, clock }, definition, run));
  const issueTools: IssueTools = { warehouse, outbox, secrets, language, timeZone, clock, compute };
  const scheduler: SchedulerTools = {
    clock,
    logger,
    ledger,
    outbox,
    lease: openSchedulerLease(warehouse),
    channels: new Map<Channel, DeliveryChannel>(channels.map((channel) => [channel.name, channel])),
    definitions: () => settings.definitions(),
    async missing(definition, run) {
      const period = definedPeriod(definition, run.scheduledAt, timeZone, language);
      const rows = await findIncomplete(warehouse, definition, period, timeZone);
      return rows.map(({ platform, source, missing_day }) => `${platform} ${source} ${missing_day}`);
    },
    issue: (request) => issueReport(issueTools, request),
    async moved(definition, run) {
      const { reissue_threshold: threshold } = definition.lateness;
      if (threshold === null) return false;
      const built = await compute(definition, run);
      if (built.ok) return movedBeyond(compareFigures(built.value, run.figures), threshold);
      logger.error('a report could not be compared', { report: run.report, reason: built.failure.message });
      return false;
    },
    reportTimeZone: timeZone,
    messageDomain: /@([a-z0-9.-]+)/i.exec(settings.mailServer?.from ?? '')?.[1] ?? NO_DOMAIN,
  };
  return {
    scheduler,
    alerts: {
      clock,
      logger,
      ledger,
      warehouse,
      secrets,
      limit,
      language,
      alerts: () => settings.alerts(),
    },
    close() {
      store?.close();
    },
  };
}
