/**
 * What GET /v1/drift tells. Stated once as a schema.
 */
import { z } from 'zod';

const stability = {
  psi: z
    .number()
    .nullable()
    .meta({ description: 'Population stability index; null where the model keeps no distribution of its training rows' }),
  byChance: z.number().nullable().meta({ description: 'What an unchanged population gives on average with so few answers' }),
};
const share = z.number().min(0).max(1).nullable();

export const driftSchema = z
  .strictObject({
    model: z.strictObject({ name: z.string(), sha256: z.string() }),
    window: z.int().meta({ description: 'Answers looked at, at most: the last ones since the model took over' }),
    answers: z.int(),
    explained: z.int().meta({ description: 'Of which the values are known, because they were explained' }),
    risk: z.strictObject({ ...stability, mean: share }),
    features: z
      .array(z.strictObject({ name: z.string(), ...stability, missing: share, missingThen: share }))
      .meta({ description: 'By falling index' }),
  })
  .meta({ id: 'Drift', description: 'The last answers against the training rows; a discharge asked about twice counts twice' });
