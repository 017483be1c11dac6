import type { ReportDocument } from './report-document.js';
import { instantText } from './wall-clock.js';
import { say } from './wording.js';

/** 完整 or 暂定. */
export function stateText(document: Pick<ReportDocument, 'state' | 'language'>): string {
  return say(document.language, document.state === 'complete' ? 'stateComplete' : 'stateProvisional');
}

/** The recipient's line on everything that leaves: 仅供 … 使用. Null when it is for nobody in particular. */
export function watermarkText(document: Pick<ReportDocument, 'recipient' | 'language'>): string | null {
  return document.recipient === null
    ? null
    : say(document.language, 'watermark', { recipient: document.recipient });
}

/** One line that says what a page shows: period, data-as-of, state, recipient. */
export function stampText(document: ReportDocument): string {
  const watermark = watermarkText(document);
  return [
    document.period.label,
    `${say(document.language, 'dataAsOf')} ${instantText(document.dataAsOf, document.timeZone)}`,
    stateText(document),
    ...(watermark === null ? [] : [watermark]),
  ].join(' · ');
}
