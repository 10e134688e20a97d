/**
 * Interactions by quadrature in plain TypeScript: what the kernel (assembly/scorer-interaction.ts) is read by and tested against.
 *
 * Game    that of ./attribution.ts. The interaction index of two columns is the integral over t in [0, 1] of the mixed derivative, by both, of the
 *         game's multilinear extension at (t, …, t)
 * Path    along a path the extension is the product of z + t (o - z) over distinct columns, times the leaf's value; the mixed derivative by i and
 *         j is that product times psi(i) psi(j), where psi = (o - z) / (z + t (o - z)), z and o those at the leaf
 * Walk    psi of a column at the leaf is the sum of the changes that its edges on the path make to it. So the pair is a sum over pairs of edges, an
 *         upper one and a lower, and the sum over the leaves below the lower edge is what attributions compute anyway: T, the node's part
 *         of its column's attribution at t. Each node multiplies its T with the changes of all edges above it
 * Ends    T at t = 0 and t = 1, in two further points without weight, adds up to what a column adds to nothing and to everything. The
 *         derivative of the column's part grows from the one to the other by all its interactions: the check of ./interaction.ts
 * Cost    nodes x (depth + 1) x points a row
 * Source  Fujimoto, Kojadinovic and Marichal 2006, doi:10.1016/j.geb.2005.03.002 (the index as an integral); Lundberg et al. 2020,
 *         doi:10.1038/s42256-019-0138-9 (interaction values)
 */
import type { FlatForest } from './flat-forest.ts';
import type { PathWeights } from './path-weights.ts';
import { gaussLegendre } from './quadrature.ts';
import type { InteractionSums } from './tree-sums.ts';

interface Edge {
  readonly column: number;
  /** Change it makes to psi, per point. */
  readonly change: Float64Array;
}

export function createReferenceInteractions(
  forest: FlatForest,
  { share, earlier, distinctColumns }: PathWeights,
): (row: Float64Array) => InteractionSums {
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value } = forest;
  return (row) => {
    const sums: InteractionSums = {
      attributions: new Float64Array(featureCount),
      alone: new Float64Array(featureCount),
      last: new Float64Array(featureCount),
      pairs: new Float64Array(featureCount * featureCount),
    };
    const follows = new Uint8Array(feature.length);

    function addTree(root: number, count: number): void {
      const { rest, weights } = gaussLegendre(count);
      // After the points, t = 0 and t = 1.
      const r = Float64Array.of(...rest, 1, 0);
      const edges: Edge[] = [];

      function visit(node: number, d: Float64Array): Float64Array {
        const f = feature[node]!;
        if (f < 0) return d.map(() => value[node]!);
        const x = row[f]!;
        const goesLeft = x <= threshold[node]! || (x !== x && missingLeft[node] === 1);
        const followed = goesLeft ? left[node]! : right[node]!;
        const other = goesLeft ? right[node]! : left[node]!;
        const before = earlier[followed]!;
        const isOff = before >= 0 && follows[before] === 0;
        const zp = before < 0 ? 1 : share[before]!;
        const zc = share[other]!;
        follows[followed] = isOff ? 0 : 1;
        follows[other] = 0;
        const h = r.map((rest) => (isOff ? 1 : 1 - (1 - zp) * rest));
        // Of the other child; the followed one has the rest.
        const factor = r.map((rest, k) => (isOff ? zc / zp : (zc * rest) / h[k]!));
        const below = (child: number, part: Float64Array, change: (k: number) => number): Float64Array => {
          if (!isOff) edges.push({ column: f, change: Float64Array.from({ length: count }, (_, k) => change(k)) });
          const u = visit(child, part);
          if (!isOff) edges.pop();
          return u;
        };
        const uf = below(
          followed,
          d.map((d, k) => d * (1 - factor[k]!)),
          (k) => zc / (h[k]! * (1 - (1 - share[followed]!) * r[k]!)),
        );
        const uo = below(
          other,
          d.map((d, k) => d * factor[k]!),
          (k) => -1 / (r[k]! * h[k]!),
        );
        if (!isOff)
          attribute(
            f,
            d.map((d, k) => (zc * d * (uf[k]! - uo[k]!)) / (h[k]! * h[k]!)),
          );
        return uf.map((u, k) => u - factor[k]! * (u - uo[k]!));
      }

      function attribute(f: number, product: Float64Array): void {
        sums.alone[f]! += product[count]!;
        sums.last[f]! += product[count + 1]!;
        for (let k = 0; k < count; k++) sums.attributions[f]! += product[k]!;
        for (const { column, change } of edges) {
          sums.pairs[column * featureCount + f]! += change.reduce((sum, change, k) => sum + change * product[k]!, 0);
        }
      }

      visit(root, Float64Array.of(...weights, 1, 1));
    }

    for (let tree = 0; tree < treeStart.length - 1; tree++) {
      addTree(treeStart[tree]!, Math.max(1, Math.ceil(distinctColumns[tree]! / 2)));
    }
    return sums;
  };
}
