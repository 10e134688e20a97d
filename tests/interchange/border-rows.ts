/** Rows that ask a forest what is easily got wrong: missing, infinite, at a threshold and next to it. */
import type { FlatForest } from '../../src/forest/index.ts';
import type { RandomStream } from '../../src/util/random.ts';

/** @param round  Math.fround for rows of float32 */
export function borderRows(
  random: RandomStream,
  forest: FlatForest,
  rows: number,
  round: (x: number) => number = Number,
): Float64Array[] {
  const thresholds = Array.from({ length: forest.featureCount }, (): number[] => []);
  forest.feature.forEach((f, node) => f >= 0 && thresholds[f]!.push(forest.threshold[node]!));
  const valueOf = (f: number): number => {
    const list = thresholds[f]!;
    const kind = random.uniform();
    if (kind < 0.2) return NaN;
    if (kind < 0.23) return kind < 0.215 ? Infinity : -Infinity;
    const near = list.length === 0 ? random.uniform() : list[random.below(list.length)]!;
    if (kind < 0.5) return near;
    if (kind < 0.7) return near + (random.below(3) - 1) * 2 ** -23 * Math.abs(near);
    return (Math.abs(near) < 1e38 ? near : 0) + 2 * random.uniform() - 1;
  };
  return Array.from({ length: rows }, () => Float64Array.from({ length: forest.featureCount }, (_, f) => round(valueOf(f))));
}
