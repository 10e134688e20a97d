/**
 * Reference distributions: what the training rows looked like, kept in metrics.json so that later discharges can be held against them.
 *
 * Choice  a bin of 1 to 9 rows is told as one of 5 (../util/disclosure.ts): for shares of a thousand rows that is no change
 */
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { referenceDistribution, type ReferenceDistribution } from '../evaluation/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { ModelFolder } from '../model/index.ts';
import { coverSmallCounts } from '../util/disclosure.ts';

const ReferenceSchema = z
  .strictObject({
    rows: z.int().positive(),
    edges: z.array(z.number()),
    counts: z.array(z.int().nonnegative()),
    missing: z.int().nonnegative(),
  })
  .refine(({ edges, counts }) => counts.length === edges.length + 1, 'expected one more count than edges');
const ReferencesSchema = z.strictObject({ risk: ReferenceSchema, features: z.record(z.string(), ReferenceSchema) });

export interface References {
  /** Of the risk, by models that were not trained on the row. */
  readonly risk: ReferenceDistribution;
  readonly features: Readonly<Record<string, ReferenceDistribution>>;
}

/** @param risk  held out, in the order of the rows */
export function trainingReferences(matrix: Pick<FeatureMatrix, 'features' | 'columns'>, risk: Float64Array): References {
  return {
    risk: told(referenceDistribution(risk)),
    features: Object.fromEntries(
      matrix.features.map(({ name }, c) => [name, told(referenceDistribution(matrix.columns[c] as Float64Array))]),
    ),
  };
}

function told({ counts, missing, ...rest }: ReferenceDistribution): ReferenceDistribution {
  const covered = coverSmallCounts([...counts, missing]);
  return { ...rest, counts: covered.slice(0, -1), missing: covered.at(-1)! };
}

/** @throws {ModelError} MODEL_NO_REFERENCE where metrics.json does not hold one of every feature */
export function referencesOf({ model, metrics }: Pick<ModelFolder, 'model' | 'metrics'>): References {
  const parsed = ReferencesSchema.safeParse(metrics['references']);
  const known = parsed.success && model.header.features.every(({ name }) => Object.hasOwn(parsed.data.features, name));
  if (known) return parsed.data;
  throw new ModelError(
    'MODEL_NO_REFERENCE',
    `model ${model.header.name}: expected the distributions of its training rows in metrics.json, found none; train it with this release`,
  );
}
