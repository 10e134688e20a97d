/**
 * Shapley values and interaction values by their definitions over all subsets of columns: the oracle of attributions.
 */
import type { FlatForest } from '../../src/forest/index.ts';

export interface Oracle {
  readonly attributions: Float64Array;
  /** Row by row; a row adds up to its column's attribution. */
  readonly interactions: Float64Array;
}

/** Expected output when only the columns of the coalition (a bit set) are known. */
function worth(forest: FlatForest, node: number, row: Float64Array, coalition: number): number {
  const f = forest.feature[node]!;
  if (f < 0) return forest.value[node]!;
  const [left, right] = [forest.left[node]!, forest.right[node]!];
  if ((coalition >> f) & 1) {
    const x = row[f]!;
    const goesLeft = Number.isNaN(x) ? forest.missingLeft[node] === 1 : x <= forest.threshold[node]!;
    return worth(forest, goesLeft ? left : right, row, coalition);
  }
  const share = forest.cover[left]! / forest.cover[node]!;
  return share * worth(forest, left, row, coalition) + (1 - share) * worth(forest, right, row, coalition);
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const sizeOf = (coalition: number): number => coalition.toString(2).replaceAll('0', '').length;

/** @param row  of at most a dozen columns */
export function allSubsets(forest: FlatForest, row: Float64Array): Oracle {
  const p = forest.featureCount;
  const roots = Array.from(forest.treeStart.slice(0, -1));
  const worths = Float64Array.from(
    { length: 2 ** p },
    (_, coalition) => roots.reduce((sum, root) => sum + worth(forest, root, row, coalition), 0) / roots.length,
  );
  const sizes = worths.map((_, coalition) => sizeOf(coalition));
  // Chance that just these columns come before a given one (or, of two that stay together, before both) in a random order.
  const weight = (players: number): Float64Array =>
    Float64Array.from({ length: players }, (_, s) => (factorial(s) * factorial(players - s - 1)) / factorial(players));
  const single = weight(p);
  const joint = weight(Math.max(p - 1, 1));
  const attributions = Float64Array.from({ length: p }, (_, i) => {
    let value = 0;
    for (let s = 0; s < 2 ** p; s++) if (((s >> i) & 1) === 0) value += single[sizes[s]!]! * (worths[s | (1 << i)]! - worths[s]!);
    return value;
  });
  const interactions = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    let others = 0;
    for (let j = 0; j < p; j++) {
      if (i === j) continue;
      const both = (1 << i) | (1 << j);
      let value = 0;
      for (let s = 0; s < 2 ** p; s++) {
        if ((s & both) !== 0) continue;
        value += joint[sizes[s]!]! * (worths[s | both]! - worths[s | (1 << i)]! - worths[s | (1 << j)]! + worths[s]!);
      }
      interactions[i * p + j] = value / 2;
      others += value / 2;
    }
    interactions[i * p + i] = attributions[i]! - others;
  }
  return { attributions, interactions };
}
