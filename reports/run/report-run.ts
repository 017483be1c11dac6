import type { Language, ReportDefinition } from '../../schemas/index.js';
import type { ReportPeriod } from '../render/report-document.js';

/** What a run of a report is told. */
export interface ReportRun {
  readonly definition: ReportDefinition;
  readonly period: ReportPeriod;
  readonly recipient: string | null;
  readonly language: Language;
  readonly timeZone: string;
  /** UTC ms. */
  readonly now: number;
}

/** A section that could not be computed. */
export interface SectionFailure {
  readonly code: 'section_failed';
  readonly message: string;
}
