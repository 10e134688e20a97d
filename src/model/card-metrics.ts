/**
 * metrics.json as the card reads it: the parts it needs are checked, the rest is left alone.
 */
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import type { ModelMetrics } from './metrics.ts';
import { describeIssues } from './model-header.ts';

const number = z.number().nullable();
const interval = z.looseObject({ estimate: number, lower: number, upper: number });
const intervals = z.record(z.string(), interval);
const text = z.string();
const count = z.int().nonnegative();

const subgroups = z.looseObject({
  by: text,
  notRecorded: count.nullable(),
  threshold: z.number(),
  groups: z.array(
    z.looseObject({
      group: text,
      rows: count.nullable(),
      patients: count.nullable(),
      events: count.nullable(),
      suppressed: text.nullable(),
      figures: intervals,
      differences: intervals,
    }),
  ),
});

const evidence = z.looseObject({
  rows: count,
  events: count,
  patients: count,
  description: text,
  headline: z.record(z.string(), intervals),
  differences: intervals,
  calibration: z.looseObject({
    intercept: interval,
    slope: interval,
    ici: interval,
    e50: interval,
    e90: interval,
    emax: interval,
  }),
  decision: z.looseObject({ model: z.looseObject({ x: z.array(z.number()), y: z.array(number) }), all: z.array(z.number()) }),
  actions: z.array(
    z.looseObject({
      rule: text,
      flagged: count,
      truePositives: count,
      sensitivity: interval,
      specificity: interval,
      ppv: interval,
      numberNeededToEvaluate: interval,
      flaggedPer100: interval,
    }),
  ),
  subgroups: z.array(subgroups),
});

const MetricsSchema = z.looseObject({
  validations: z.array(
    z.looseObject({
      name: text,
      description: text,
      rows: count,
      events: count,
      patients: count,
      results: z.record(z.string(), intervals),
    }),
  ),
  attrition: z.array(z.looseObject({ rule: text, removed: z.number(), remaining: z.number() })).optional(),
  attritionLines: z
    .array(
      z.looseObject({
        step: z.number(),
        label: text,
        unit: text,
        n: z.number(),
        title: text.optional(),
        note: text.optional(),
      }),
    )
    .optional(),
  cumulativeIncidence: z.array(z.looseObject({ state: text, points: z.array(interval.extend({ day: z.number() })) })).nullish(),
  evidence: z
    .looseObject({
      grouped: evidence.nullish(),
      temporal: evidence.nullish(),
    })
    .optional(),
  leakage: z
    .looseObject({
      verdict: z.enum(['pass', 'warn', 'fail']),
      checks: z.array(z.looseObject({ check: text, verdict: z.enum(['pass', 'warn', 'fail', 'not-assessed']), finding: text })),
    })
    .nullish(),
  planting: z.looseObject({ process: text }).nullish(),
});

/** @throws {ModelError} CARD_METRICS_INVALID naming the first wrong part */
export function parseModelMetrics(value: unknown, where: string): ModelMetrics {
  const parsed = MetricsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ModelError(
    'CARD_METRICS_INVALID',
    `${where}: expected the results of a training, found ${describeIssues(parsed.error)}; restore the file or train the model again`,
  );
}
