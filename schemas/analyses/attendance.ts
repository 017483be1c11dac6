import { z } from 'zod';

import { commonShape, notesSchema } from './common.js';

export const attendanceSpecSchema = z
  .strictObject({
    ...commonShape,
    lives: z
      .array(z.string().max(300))
      .max(1000)
      .default([])
      .describe('only these live ids; default all in the range'),
    finish_ratio: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('finished: watched at least this share of the live; default 0.8'),
    min_seconds: z.number().min(0).default(1).describe('attended: watched at least so long; default 1'),
    by: z
      .enum(['department', 'employee'])
      .default('department')
      .describe('one row a department, or one an employee; default department'),
  })
  .superRefine((spec, context) => {
    if (spec.where.length > 0) {
      const message =
        'attendance 统计名单中的人，不是事件：请去掉 where | attendance counts people of watch lists, which are no events: leave where out';
      context.addIssue({ code: 'custom', path: ['where'], message });
    }
  });
export type AttendanceSpec = z.infer<typeof attendanceSpecSchema>;

const figures = {
  expected: z.int(),
  attended: z.int(),
  finished: z.int(),
  signed: z.int(),
  attendance_rate: z.number().nullable(),
  completion_rate: z.number().nullable(),
  sign_in_rate: z.number().nullable(),
};
export const attendanceFiguresSchema = z.object(figures);
export type AttendanceFigures = z.infer<typeof attendanceFiguresSchema>;

export const attendanceRowSchema = z.object({
  live_id: z.string(),
  department: z.string(),
  employee_id: z.string().optional(),
  name: z.string().optional(),
  ...figures,
});
export type AttendanceRow = z.infer<typeof attendanceRowSchema>;

export const attendanceResultSchema = z.object({
  rows: z.array(attendanceRowSchema),
  lives: z.array(
    z.object({ live_id: z.string(), title: z.string(), live_day: z.string().nullable(), ...figures }),
  ),
  departments: z.array(z.object({ department: z.string(), ...figures })),
  total: attendanceFiguresSchema,
  notes: notesSchema,
});
export type AttendanceResult = z.infer<typeof attendanceResultSchema>;
