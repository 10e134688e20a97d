/**
 * What a batch of scores looks like from outside. Stated once as schemas.
 */
import { z } from 'zod';
import { answerSchema } from '../../scoring/index.ts';
import { problemSchema } from '../operation-outcome.ts';

const instant = z.string().meta({ description: 'ISO 8601, UTC' });

/** interrupted: the server ended before the job did; what was done by then can be had. */
const jobStates = ['waiting', 'running', 'finished', 'cancelled', 'interrupted', 'failed'] as const;

export const jobSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(jobStates),
    done: z.int().meta({ description: 'Lines that have an answer or an error' }),
    of: z.int().nullable().meta({ description: 'Lines there are; null until the discharges of a query are known' }),
    failed: z.int().meta({ description: 'Lines that have an error' }),
    code: z.string().nullable().meta({ description: 'Why the job as a whole failed' }),
    model: z.strictObject({ name: z.string(), sha256: z.string() }).nullable().meta({ description: 'null until it runs' }),
    submitted: instant,
    started: instant.nullable(),
    finished: instant.nullable(),
    removedAfter: instant.nullable().meta({ description: 'Input and results are deleted then' }),
  })
  .meta({ id: 'Job' });

export const jobQuerySchema = z
  .strictObject({
    query: z
      .strictObject({
        days: z.int().min(1).max(365).meta({ description: 'Days before `until`' }),
        until: z.iso.date().optional().meta({ description: 'Last day, in UTC; that of the newest discharge by default' }),
      })
      .meta({ description: 'Every discharge of these days at the configured source' }),
  })
  .meta({ id: 'JobQuery' });

export const jobLineSchema = z
  .strictObject({
    index: z.int().meta({ description: 'Line of the input, from 0; blank lines do not count' }),
    patient: z.string().nullable().meta({ description: '`Patient/id`; null where features alone were given' }),
    answer: answerSchema.optional(),
    error: problemSchema.omit({ requestId: true, type: true }).optional(),
  })
  .meta({ id: 'JobLine', description: 'One line of the result: an answer or an error, in the order of the input' });

export type Job = z.infer<typeof jobSchema>;
export type JobLine = z.infer<typeof jobLineSchema>;
