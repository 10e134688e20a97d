/**
 * Sums over a forest's trees computed in WebAssembly (assembly/scorer.ts).
 *
 * Shared  the laid-out forest is only read; each caller has regions of its own for the row, the sums and what the largest tree needs on the way
 */
import { ForestError } from '../errors.ts';
import { layOutAttributions, type AttributionLayout } from './attribution-layout.ts';
import type { FlatForest } from './flat-forest.ts';
import type { PathWeights } from './path-weights.ts';
import { allot, instantiateScorer, type ScorerInstance } from './scorer-module.ts';
import type { TreeSums } from './tree-sums.ts';

/** @returns undefined where WebAssembly, its vectors or enough memory cannot be had */
export function createKernelSums(forest: FlatForest, weights: PathWeights): TreeSums | undefined {
  const scorer = instantiateScorer();
  if (scorer === undefined) return undefined;
  try {
    return attachKernelSums(scorer, layOutAttributions(forest, weights, scorer.memory));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws {RangeError} when there is not enough memory. Interactions need 8 bytes more for each pair of columns: FOREST_MEMORY */
export function attachKernelSums({ memory, exports }: ScorerInstance, layout: AttributionLayout): TreeSums {
  const { featureCount: p, trees, treeCount, mostNodes, mostVectors } = layout;
  const [rowAt = 0, sumsAt = 0, slots = 0, states = 0] = allot(memory, [16 * p, 16 * p, 16 * mostNodes * mostVectors, mostNodes]);
  const numbers = (at: number, length: number): Float64Array => new Float64Array(memory.buffer, at, length);
  let forPairs: number[] | undefined;

  function allotPairs(): number[] {
    try {
      return allot(memory, [mostNodes * (32 * mostVectors + 28) + 16 * (mostVectors + 1), 32 * p, 8 * p * p]);
    } catch (cause) {
      throw new ForestError(
        'FOREST_MEMORY',
        `expected memory for the interactions of ${p} columns, found too little; ask a forest of fewer columns`,
        { details: { columns: p }, cause },
      );
    }
  }

  function enter(row: Float64Array): void {
    const doubled = numbers(rowAt, 2 * p);
    for (let f = 0; f < p; f++) {
      const x = row[f]!;
      doubled[2 * f] = x !== x ? -Infinity : x;
      doubled[2 * f + 1] = x !== x ? Infinity : x;
    }
  }

  return {
    attributions(row) {
      enter(row);
      const sums = numbers(sumsAt, 2 * p).fill(0);
      exports.attribute(trees, treeCount, rowAt, slots, states, sumsAt);
      return Float64Array.from({ length: p }, (_, f) => sums[2 * f]! + sums[2 * f + 1]!);
    },
    interactions(row) {
      // Only where they are asked for: the pairs of many columns take more than the forest.
      forPairs ??= allotPairs();
      const [scratch = 0, columnsAt = 0, pairsAt = 0] = forPairs;
      enter(row);
      const sums = numbers(columnsAt, 4 * p).fill(0);
      const pairs = numbers(pairsAt, p * p).fill(0);
      exports.interact(trees, treeCount, rowAt, p, states, scratch, mostNodes, mostVectors, columnsAt, pairsAt);
      const column = (of: (at: number) => number): Float64Array => Float64Array.from({ length: p }, (_, f) => of(4 * f));
      return {
        attributions: column((at) => sums[at]! + sums[at + 1]!),
        alone: column((at) => sums[at + 2]!),
        last: column((at) => sums[at + 3]!),
        pairs: Float64Array.from(pairs),
      };
    },
  };
}
