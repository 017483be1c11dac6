/** The door of reports/: from facts to answers and files. */
export * from './render/table-model.js';
export * from './render/chart-model.js';
export * from './render/report-document.js';
export { metricTable } from './render/metric-sheet.js';
export { renderFunnel, renderTable, type TextOptions } from './render/text.js';
export { renderDocument, type DocumentProtection } from './render/document.js';
export { renderWorkbook } from './render/workbook.js';
export { instantText } from './render/wall-clock.js';
export { say, type WordingKey } from './render/wording.js';
export {
  checkPassword,
  passwordReasonText,
  type PasswordReason,
  type PasswordRefusal,
  type ProtectedFormat,
} from './protect/password-rule.js';
export { generatePassword } from './protect/generate-password.js';
export { protectWorkbook } from './protect/protect-workbook.js';

// Analyses (PRODUCT §6).
export {
  ANALYSES,
  answerOneOfMany,
  findAnalysis,
  type AnalysisAnswer,
  type AnalysisContext,
  type RegisteredAnalysis,
} from './analyses/index.js';

// Reports (PRODUCT §7).
export {
  definitionFolders,
  loadDefinition,
  loadDefinitions,
  readAlertDefinitions,
  readDefinitions,
  type DefinitionFailure,
} from './definitions/load.js';
export { definedPeriod, periodOf } from './run/period.js';
export { buildDocument } from './run/build-document.js';
export type { ReportRun } from './run/report-run.js';
export { runReport, type ReportFile, type ReportFormat, type ReportOutcome } from './run/run-report.js';

// Schedule, ledger and delivery of reports (PRODUCT §7).
export { nextTime, parseCron, timesBetween, type CronTimes } from './schedule/cron.js';
export { openReporting, type Reporting, type ReportingSettings } from './schedule/open-reporting.js';
export { runTick, startScheduler, type RunningScheduler, type Tick } from './schedule/scheduler.js';
export { resendDelivery, type ResendFailure } from './schedule/resend.js';
export { lookForAlerts } from './alerts/look.js';
export type { Delivery, DeliveryKey, DeliveryState } from './ledger/delivery.js';
export type { SecretReader } from './delivery/channel.js';
export type { MailServer } from './delivery/mail.js';
export type { ObjectStorage } from './delivery/object-storage.js';

// What leaves as tables.
export { recordAccess, type Access } from './access-log.js';
export { renderListed } from './export/listed-table.js';
export { TABLE_FORMATS, tableFormat, type TableFormat } from './export/table-format.js';
export { renderTableWorkbook } from './export/table-workbook.js';
export { openViewExport, type ViewExport, type ViewRequest } from './export/view-export.js';
export { writeWholeFile } from './whole-file.js';
