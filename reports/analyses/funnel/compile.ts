import {
  fail,
  succeed,
  type AnalysisFailure,
  type EventMatch,
  type FunnelSpec,
  type Outcome,
} from '../../../schemas/index.js';
import { bitMask, type Filter, type SqlFragment } from '../../../sql/index.js';

import type { FunnelPlan } from './viewer-events.js';

/** A funnel ready to run: the automaton's plan and the expression that marks events. */
export interface CompiledFunnel {
  readonly plan: FunnelPlan;
  readonly marks: SqlFragment;
  /** Marks that can begin an attempt. */
  readonly startMarks: number;
  readonly stepNames: readonly string[];
  readonly correlatedField: string | null;
}

const HEARTBEAT = 'live_heartbeat';

/** Turns a spec into marks: bits of the steps first, then of the exclusions, then of what interrupts a strict run. */
export function compileFunnel(spec: FunnelSpec, filter: Filter): Outcome<CompiledFunnel, AnalysisFailure> {
  const marks: SqlFragment[] = [];
  for (const part of [...spec.steps, ...spec.exclusions]) {
    const mark = filter.anyMatch(matchesOf(part));
    if (!mark.ok) return mark;
    marks.push(mark.value);
  }
  const stepCount = spec.steps.length;
  const interrupt = marks.length;
  if (spec.order === 'strict') {
    const mark = filter.all([{ field: 'event', op: 'ne', value: HEARTBEAT }]);
    if (!mark.ok) return mark;
    marks.push(mark.value);
  }
  const { correlate } = spec;
  const correlateFrom = correlate === null ? 0 : typeof correlate === 'string' ? 1 : correlate.from_step;
  if (marks.length > 22)
    return fail({ code: 'not_supported', message: 'too many steps and exclusions', zh: '步骤与排除太多' });
  return succeed({
    plan: {
      stepCount,
      order: spec.order,
      windowMs: Math.round(spec.window_seconds * 1000),
      exclusions: spec.exclusions.map(({ from_step, to_step }, index) => ({
        bit: 1 << (stepCount + index),
        fromStep: from_step,
        toStep: to_step ?? stepCount,
      })),
      interruptBit: 1 << interrupt,
      correlateFrom,
    },
    marks: bitMask(marks),
    startMarks: spec.order === 'unordered' ? 2 ** stepCount - 1 : 1,
    stepNames: spec.steps.map(
      (step, index) =>
        (spec.order === 'unordered' ? `any ${index + 1}` : step.name) ??
        matchesOf(step)
          .map(({ event }) => event)
          .join(' / '),
    ),
    correlatedField: correlate === null ? null : typeof correlate === 'string' ? correlate : correlate.field,
  });
}

/** The events that a step or an exclusion names; conditions beside `any_of` hold for each of them. */
export function matchesOf(part: {
  readonly event?: string | undefined;
  readonly where: EventMatch['where'];
  readonly any_of?: readonly EventMatch[] | undefined;
}): EventMatch[] {
  if (part.any_of !== undefined) {
    return part.any_of.map(({ event, where }) => ({ event, where: [...where, ...part.where] }));
  }
  return [{ event: part.event ?? '', where: part.where }];
}
