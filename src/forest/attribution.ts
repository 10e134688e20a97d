/**
 * Attributions: how much each column moved this row's output away from the base value. Exact path-dependent Shapley values.
 *
 * Game    a coalition's worth is the tree's expected output when only its columns are known: a known column sends the row its way, an
 *         unknown one sends it both ways in proportion to cover
 * Method  quadrature, see ./attribution-reference.ts; in WebAssembly (./attribution-kernel.ts) wherever there is any
 * Check   every answer is added up: what does not come to the output is an error, never an answer
 * Source  Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9 (the game); arXiv:2605.04497 (quadrature)
 */
import { ForestError } from '../errors.ts';
import { createKernelSums } from './attribution-kernel.ts';
import { createReferenceAttributions } from './attribution-reference.ts';
import type { FlatForest } from './flat-forest.ts';
import { interactionMatrix, type Interactions } from './interaction.ts';
import { createReferenceInteractions } from './interaction-reference.ts';
import { pathWeights, type PathWeights } from './path-weights.ts';
import type { TreeSums } from './tree-sums.ts';
import { predictRow } from './walk.ts';

export interface Attribution {
  /** predictRow of this row, in [0, 1]. */
  readonly output: number;
  /** The output when no column is known; the same for every row. */
  readonly baseValue: number;
  /** Per column its signed part of output - baseValue, in units of the output; length featureCount. */
  readonly values: Float64Array;
}

export interface Explainer {
  /**
   * @param row  one value per column, NaN where missing
   * @throws {ForestError} FOREST_ROW_INVALID for a wrong length; FOREST_ADDITIVITY when base value and attributions miss the output by
   *         more than 1e-9, which no checked forest does
   */
  explain(row: Float64Array): Attribution;
  /**
   * Costs about as much as explain times the depth of the trees, and featureCount squared.
   *
   * @param row  one value per column, NaN where missing
   * @throws {ForestError} as explain; FOREST_ADDITIVITY also where a column's interactions miss their sum; FOREST_MEMORY for too many
   *         columns
   */
  interactions(row: Float64Array): Interactions;
}

const additivityTolerance = 1e-9;

/**
 * Prepares a forest for attributions, in about 70 bytes a split. Not for two threads at once: it owns scratch memory.
 *
 * @param forest  trained here or checked (./check.ts); not changed
 */
export function createExplainer(forest: FlatForest): Explainer {
  const weights = pathWeights(forest);
  return explainerOf(explained(forest, weights), createKernelSums(forest, weights) ?? createReferenceSums(forest, weights));
}

/** createExplainer in TypeScript alone: the same to rounding, many times slower. */
export function createReferenceExplainer(forest: FlatForest): Explainer {
  const weights = pathWeights(forest);
  return explainerOf(explained(forest, weights), createReferenceSums(forest, weights));
}

function createReferenceSums(forest: FlatForest, weights: PathWeights): TreeSums {
  return {
    attributions: createReferenceAttributions(forest, weights),
    interactions: createReferenceInteractions(forest, weights),
  };
}

/** What an explanation refers to. */
export interface Explained {
  readonly trees: number;
  readonly baseValue: number;
  /** predictRow. @throws {ForestError} FOREST_ROW_INVALID */
  output(row: Float64Array): number;
}

function explained(forest: FlatForest, { baseValue }: PathWeights): Explained {
  return { trees: forest.treeStart.length - 1, baseValue, output: (row) => predictRow(forest, row) };
}

/** Puts sums over trees together and checks them. */
export function explainerOf({ trees, baseValue, output: outputOf }: Explained, treeSums: TreeSums): Explainer {
  const finish = (output: number, sums: Float64Array): Float64Array => {
    const values = sums.map((sum) => sum / trees);
    requireSum(output, values, baseValue);
    return values;
  };
  return {
    explain(row) {
      // Before the sums, so that a row of another length is refused.
      const output = outputOf(row);
      return { output, baseValue, values: finish(output, treeSums.attributions(row)) };
    },
    interactions(row) {
      const output = outputOf(row);
      const sums = treeSums.interactions(row);
      const attributions = finish(output, sums.attributions);
      return { output, baseValue, attributions, values: interactionMatrix(sums, trees, additivityTolerance) };
    },
  };
}

function requireSum(output: number, values: Float64Array, baseValue: number): void {
  const gap = values.reduce((total, value) => total + value, baseValue) - output;
  if (Math.abs(gap) <= additivityTolerance) return;
  throw new ForestError(
    'FOREST_ADDITIVITY',
    `expected base value and attributions to add up to the output within ${additivityTolerance}, found a gap of ${gap}; ` +
      'the forest is damaged, run checkForest on it',
    { details: { gap } },
  );
}
