/**
 * The items of PROBAST+AI and TRIPOD+AI, in short words of this project, from data files that name their source.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const probastAnswers = ['yes', 'probably yes', 'probably no', 'no', 'no information', 'not applicable'] as const;
export const applicabilityAnswers = ['low', 'high', 'unclear'] as const;
export const probastPart = z.enum(['development', 'evaluation']);

export const ProbastItemSchema = z.strictObject({
  /** Part, domain and number: "development 1.3". */
  id: z.string().min(1),
  part: probastPart,
  domain: z.int().min(1).max(4),
  question: z.string().min(1),
});

const ProbastFileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  note: z.string(),
  domains: z.array(z.strictObject({ number: z.int(), title: z.string() })),
  questions: z.array(ProbastItemSchema),
  applicability: z.array(ProbastItemSchema),
});

export const TripodItemSchema = z.strictObject({
  item: z.string().regex(/^\d{1,2}[a-g]?$/),
  section: z.string().min(1),
  topic: z.string().min(1),
  /** D development, E evaluation. */
  applies: z.enum(['D', 'E', 'D;E']),
  asks: z.string().min(1),
});

const TripodFileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  note: z.string(),
  items: z.array(TripodItemSchema),
});

export function readProbastItems(): z.infer<typeof ProbastFileSchema> {
  return ProbastFileSchema.parse(readJson('./card-probast.json'));
}

export function readTripodItems(): z.infer<typeof TripodFileSchema> {
  return TripodFileSchema.parse(readJson('./card-tripod.json'));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}
