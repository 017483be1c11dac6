import {
  dayOf,
  succeed,
  type Clock,
  type Language,
  type Outcome,
  type RecipientDefinition,
  type ReportDefinition,
} from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { SecretReader } from '../delivery/channel.js';
import type { RunKey } from '../ledger/delivery.js';
import type { IssuedRun } from '../ledger/ledger.js';
import type { FrozenFile, Outbox } from '../ledger/outbox.js';
import { checkPassword, passwordReasonText } from '../protect/password-rule.js';
import type { ReportDocument } from '../render/report-document.js';
import { buildDocument } from './build-document.js';
import { changeNote, compareFigures } from './change-note.js';
import { SharedRendering } from './encrypt-report.js';
import { definedPeriod } from './period.js';
import { recordRun } from './record-run.js';
import type { SectionFailure } from './report-run.js';

export interface IssueTools {
  readonly warehouse: Warehouse;
  readonly outbox: Outbox;
  readonly secrets: SecretReader;
  readonly language: Language;
  readonly timeZone: string;
  readonly clock: Clock;
  /** The report as it would be now. */
  compute(definition: ReportDefinition, run: RunKey): Promise<Outcome<ReportDocument, SectionFailure>>;
}

export interface IssueRequest {
  readonly definition: ReportDefinition;
  readonly run: RunKey;
  readonly recipients: readonly RecipientDefinition[];
  /** What the issue before told; null for the first. */
  readonly before: IssuedRun | null;
}

/** What came of freezing an issue. */
export interface Issued {
  readonly state: 'complete' | 'provisional';
  /** Recipients who got nothing, and why (a missing or weak password). */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Computes an issue once, encrypts it for each recipient and freezes it in the outbox, all recipients at once. Only
 * encrypted bytes touch the disk. Those who have something frozen already keep it.
 */
export async function issueReport(
  tools: IssueTools,
  request: IssueRequest,
): Promise<Outcome<Issued, SectionFailure>> {
  const startedAt = tools.clock.now();
  const began = performance.now();
  const { definition, run } = request;
  const built = await tools.compute(definition, run);
  if (!built.ok) return built;
  const movement = request.before === null ? null : compareFigures(built.value, request.before.figures);
  const document =
    movement === null
      ? built.value
      : { ...built.value, sections: [changeNote(built.value, run.issue, movement), ...built.value.sections] };
  const refused = new Map<string, string>();
  const files: string[] = [];
  const rendering = new SharedRendering(document);
  const draft = await tools.outbox.draft(run);
  try {
    for (const recipient of request.recipients) {
      const source = recipient.password ?? definition.password;
      const password = source === undefined ? null : tools.secrets(source, recipient.name);
      const checked = checkPassword(password, definition.formats);
      if (!checked.ok) {
        const reason = passwordReasonText(checked.failure.reason, tools.language);
        refused.set(
          recipient.name,
          tools.language === 'zh' ? `密码不可用：${reason}` : `password: ${reason}`,
        );
        continue;
      }
      const frozen: FrozenFile[] = [];
      for (const format of definition.formats) {
        const bytes = rendering.encrypt(format, definition.watermark ? recipient.name : null, checked.value);
        if (!bytes.ok) throw new Error('a password was refused that had been accepted');
        const name = fileName(document, run, recipient.name, format);
        frozen.push(await draft.write(recipient.name, { name, format }, bytes.value));
        files.push(name);
      }
      await draft.seal({
        recipient: recipient.name,
        language: tools.language,
        timeZone: tools.timeZone,
        title: document.title,
        period: document.period.label,
        state: document.state,
        dataAsOf: document.dataAsOf,
        issue: run.issue,
        moved: movement === null ? 0 : movement.moved.length + movement.vanished,
        files: frozen,
        frozenAt: startedAt,
      });
    }
    if (files.length > 0) {
      const seconds = (performance.now() - began) / 1_000;
      // before anything can be sent: what was told is what later figures are compared with; without the change note
      await recordRun(tools.warehouse, { document: built.value, scheduled: run, files, startedAt, seconds });
      await draft.commit();
    }
  } finally {
    await draft.discard();
  }
  return succeed({ state: document.state, refused });
}

/** The report of a scheduled run as it would be now. */
export async function computeReport(
  tools: Pick<IssueTools, 'warehouse' | 'language' | 'timeZone' | 'clock'>,
  definition: ReportDefinition,
  run: RunKey,
): Promise<Outcome<ReportDocument, SectionFailure>> {
  const { warehouse, language, timeZone } = tools;
  return buildDocument(warehouse, {
    definition,
    period: definedPeriod(definition, run.scheduledAt, timeZone, language),
    recipient: null,
    language,
    timeZone,
    now: tools.clock.now(),
  });
}

/** `直播日报_2026-11-11_更正1_张经理.xlsx` */
function fileName(document: ReportDocument, run: RunKey, recipient: string, format: string): string {
  const { period, timeZone, language } = document;
  const first = dayOf(period.from, timeZone);
  const last = dayOf(period.to - 1, timeZone);
  const correction = language === 'zh' ? `更正${String(run.issue)}` : `correction-${String(run.issue)}`;
  const parts = [
    document.title,
    first === last ? first : `${first}_${last}`,
    ...(run.issue === 0 ? [] : [correction]),
    recipient,
  ];
  return `${parts.join('_').replaceAll(/[/\\:*?"<>|\s\p{Cc}]+/gu, '-')}.${format}`;
}
