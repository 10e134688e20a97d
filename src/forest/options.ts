/**
 * Options of a forest: what may be chosen, within which bounds, and what is taken when nothing is said.
 *
 * Choice  mtry defaults to the floor of the square root of the column count (Breiman 2001); leaves hold at least 20 distinct
 *         in-bag rows, so that a leaf value is a share and not a vote; whole patients are drawn, so that out-of-bag is honest
 *         where a patient has several rows
 * Source  Breiman 2001, doi:10.1023/A:1010933404324
 */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { ForestError } from '../errors.ts';

export interface ForestOptions {
  /** Number of trees, 1..10000. */
  trees: number;
  /** Columns compared at each split, 1..columns; columns that are constant in a node do not count. Default floor(sqrt(columns)). */
  mtry?: number;
  /** Fewest distinct in-bag rows of a leaf, 1..1e6. */
  minLeafRows: number;
  /** Least weight of the in-bag rows of a leaf, times drawn included, above 0..1e12; without it, leaves are bounded by minLeafRows alone. */
  minLeafWeight?: number;
  /** Most splits between root and leaf, 1..64. */
  maxDepth: number;
  /** Most distinct cells a column's values are sorted into before cuts are sought, 2..255; missing has its own beside these. */
  maxBins: number;
  /** Unsigned 32-bit integer; equal seed, table and options give equal bytes. */
  seed: number;
  /** What is drawn with replacement for each tree: whole groups (patients), single rows, or nothing (every tree sees all rows). */
  bootstrap: 'group' | 'row' | 'none';
  /** Threads, 1..64. Changes the time and never the result. */
  workers: number;
  /** Who grows the trees; see ./ml-random-forest.ts for the limits of the second. */
  engine: 'histogram' | 'ml-random-forest';
}

/** Every option with its value in force; minLeafWeight where it was asked for. */
export type ResolvedForestOptions = Readonly<
  Required<Omit<ForestOptions, 'minLeafWeight'>> & Pick<ForestOptions, 'minLeafWeight'>
>;

const forestOptionsSchema = z.strictObject({
  trees: z.int().min(1).max(10_000).default(500),
  mtry: z.int().min(1).optional(),
  minLeafRows: z.int().min(1).max(1_000_000).default(20),
  minLeafWeight: z.number().positive().max(1e12).optional(),
  maxDepth: z.int().min(1).max(64).default(16),
  maxBins: z.int().min(2).max(255).default(63),
  seed: z.int().min(0).max(4294967295).default(1),
  bootstrap: z.enum(['group', 'row', 'none']).default('group'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(() => Math.min(availableParallelism(), 4)),
  engine: z.enum(['histogram', 'ml-random-forest']).default('histogram'),
});

/**
 * Checks options and fills in the defaults. The object given is not changed.
 *
 * @param options       any subset of the options; unknown keys are refused, text is not read as a number
 * @param featureCount  columns of the table, for mtry
 * @throws {ForestError} FOREST_OPTIONS_INVALID, naming each option at fault and its bound
 */
export function resolveForestOptions(options: Partial<ForestOptions>, featureCount: number): ResolvedForestOptions {
  const parsed = forestOptionsSchema.safeParse(options);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
    throw new ForestError('FOREST_OPTIONS_INVALID', `${faults.join('; ')}; correct the options and train again`, {
      details: { faults },
    });
  }
  const mtry = parsed.data.mtry ?? Math.max(1, Math.floor(Math.sqrt(featureCount)));
  if (mtry > featureCount) {
    throw new ForestError(
      'FOREST_OPTIONS_INVALID',
      `mtry: expected at most the ${featureCount} columns of the table, found ${mtry}; lower mtry or leave it out`,
      { details: { mtry, featureCount } },
    );
  }
  const { minLeafWeight, ...others } = parsed.data;
  return { ...others, mtry, ...(minLeafWeight === undefined ? {} : { minLeafWeight }) };
}
