/**
 * What is asked of the audit trail over HTTP, and what is answered.
 */
import { z } from 'zod';

/** Entries on a page, where nothing else is asked for. */
export const pageLength = 100;

export const auditSearchSchema = z
  .strictObject({
    from: z.iso.datetime({ offset: true }).optional().meta({ description: 'First moment' }),
    to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Last moment, included' }),
    patient: z
      .string()
      .regex(/^Patient\/[A-Za-z0-9\-.]{1,64}$/)
      .optional()
      .meta({ description: 'Entries about this patient: Patient/id' }),
    before: z.int().min(1).optional().meta({ description: 'Entries with a smaller seq: `next` of the page before' }),
    limit: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: `Entries on a page; ${pageLength}` }),
  })
  .meta({ id: 'AuditSearch', description: 'Which entries of the audit trail; all of them by default' });

export const auditPageSchema = z
  .strictObject({
    entries: z.array(
      z.looseObject({
        seq: z.int().meta({ description: 'Number of the line in the trail' }),
        time: z.iso.datetime(),
        kind: z.literal('access'),
        action: z.string(),
        outcome: z.enum(['success', 'refused', 'aborted']),
        code: z.string().nullable(),
        requestId: z.string(),
        route: z.string(),
        principal: z.looseObject({}).nullable(),
        patients: z.array(z.string()),
        encounter: z.string().nullable(),
        model: z.strictObject({ name: z.string(), sha256: z.string() }).nullable(),
        scores: z.array(z.strictObject({ encounter: z.string().nullable(), risk: z.number(), band: z.string() })),
        user: z.string().optional(),
        hash: z.string().meta({ description: 'Of this line and all before it' }),
      }),
    ),
    next: z.int().nullable().meta({ description: '`before` of the next page; null on the last' }),
  })
  .meta({ id: 'AuditPage', description: 'Entries of the audit trail as they are stored, newest first' });
