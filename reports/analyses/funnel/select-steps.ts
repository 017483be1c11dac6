import {
  succeed,
  type AnalysisFailure,
  type FunnelSpec,
  type Outcome,
  type TimeRange,
} from '../../../schemas/index.js';
import { createFilter, resolveField, scopeRows, type Filter, type SqlFragment } from '../../../sql/index.js';

import { compileFunnel, matchesOf, type CompiledFunnel } from './compile.js';

/** A funnel as fragments of one statement; each statement has its own, so that it knows all its values. */
export interface SelectedSteps {
  readonly filter: Filter;
  readonly compiled: CompiledFunnel;
  readonly where: SqlFragment;
  readonly rows: SqlFragment;
  readonly correlated: SqlFragment | null;
  readonly brokenDown: SqlFragment | null;
  /** Nothing but the breakdown looks at touches: they come beside the events instead of being joined to each of them. */
  readonly touchesBeside: boolean;
}

/** Turns a spec into what its statement selects. */
export function selectSteps(
  spec: FunnelSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<SelectedSteps, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const compiled = compileFunnel(spec, filter);
  if (!compiled.ok) return compiled;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const { correlatedField } = compiled.value;
  const correlated = correlatedField === null ? null : filter.text(correlatedField);
  if (correlated?.ok === false) return correlated;
  const scope = filter.scope(spec, range, eventNames(spec));
  const touchesBeside = !filter.usesTouch && isTouchText(spec.breakdown?.field);
  const eventRows = scopeRows(filter, scope);
  const brokenDown = spec.breakdown === null ? null : filter.text(spec.breakdown.field);
  if (brokenDown?.ok === false) return brokenDown;
  return succeed({
    filter,
    compiled: compiled.value,
    where: where.value,
    rows: touchesBeside ? eventRows : scopeRows(filter, scope),
    correlated: correlated?.value ?? null,
    brokenDown: brokenDown?.value ?? null,
    touchesBeside,
  });
}

/** The events that a funnel looks at; a strict one looks at all of them. */
export function eventNames(spec: FunnelSpec): string[] | undefined {
  if (spec.order === 'strict') return undefined;
  return [...spec.steps, ...spec.exclusions].flatMap((part) => matchesOf(part).map(({ event }) => event));
}

function isTouchText(fieldName: string | undefined): boolean {
  const field = fieldName === undefined ? null : resolveField(fieldName);
  return field?.ok === true && field.value.ofTouch && field.value.kind === 'text';
}
