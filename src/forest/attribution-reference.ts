/**
 * Attributions by quadrature in plain TypeScript: what the kernel (assembly/scorer-attribution.ts) is read by and tested against, and what
 * stands in for it where there is no WebAssembly.
 *
 * Game    a coalition's worth is the tree's expected output when only its columns are known: a known column sends the row its way, an
 *         unknown one sends it both ways in proportion to cover
 * Method  the Shapley value is the integral over t in [0, 1] of the derivative of the game's multilinear extension at (t, …, t). Along a
 *         path with shares z and indicators o (1 while the row follows) the extension is the product of z + t (o - z) over distinct
 *         columns, a polynomial; Gauss-Legendre with half as many points as the path has distinct columns is exact
 * Walk    going down, D holds that product times the quadrature weight, per point; coming up, U holds the sum over the leaves below of
 *         leaf value times the product of the factors below. Of a node's children one is followed by the row. With zp the share and
 *         h = zp + t (1 - zp) the factor of the column so far (1 where it is new), zc the share of the other child, that child's factor is
 *         F = zc (1 - t) / h, the followed child's is 1 - F, and the column's value grows by zc sum(D (Uf - Uo) / h^2): nothing is undone,
 *         and a repeated column costs no more thought than a new one. Where the row has already left at this column, both children pass
 *         on their cover ratio and nothing is attributed
 * Cost    nodes x points a row; no allocation but the result
 * Source  Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9 (the game); arXiv:2605.04497 (quadrature)
 */
import type { FlatForest } from './flat-forest.ts';
import type { PathWeights } from './path-weights.ts';
import { divide, divideAgain, divideFirst, join, joinAgain, joinFirst, joinLeaves } from './quadrature-steps.ts';
import { gaussLegendre } from './quadrature.ts';
import type { TreeSums } from './tree-sums.ts';

/** Owns scratch memory: not for two threads at once. */
export function createReferenceAttributions(forest: FlatForest, weights: PathWeights): TreeSums['attributions'] {
  const { share, earlier, distinctColumns, depth } = weights;
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value } = forest;
  const trees = treeStart.length - 1;
  const pointsOf = (tree: number): number => Math.max(1, Math.ceil(distinctColumns[tree]! / 2));
  const quadratures = Array.from({ length: Math.max(...distinctColumns.map((_, tree) => pointsOf(tree))) + 1 }, (_, n) =>
    gaussLegendre(n),
  );
  const stride = quadratures.length;
  // Two children per level, each with a slot of `stride` numbers: followed first, other second.
  const down = new Float64Array(2 * (depth + 2) * stride);
  const up = new Float64Array(2 * (depth + 2) * stride);
  const follows = new Uint8Array(feature.length);
  let row: Float64Array = new Float64Array(featureCount);
  let sums: Float64Array = new Float64Array(featureCount);
  let rest: Float64Array = new Float64Array(stride);
  let count = 0;

  /** @param at  the node's slot, whose `down` is set and whose `up` is to be filled; its children's slots start at `below` */
  function visit(node: number, at: number, below: number): void {
    const f = feature[node]!;
    const x = row[f]!;
    const goesLeft = x <= threshold[node]! || (x !== x && missingLeft[node] === 1);
    const followed = goesLeft ? left[node]! : right[node]!;
    const other = goesLeft ? right[node]! : left[node]!;
    const before = earlier[followed]!;
    const otherAt = below + stride;
    if (before >= 0 && follows[before] === 0) {
      follows[followed] = follows[other] = 0;
      const ratio = share[other]! / share[before]!;
      divide(down, at, below, otherAt, count, ratio);
      descend(followed, below, otherAt + stride);
      descend(other, otherAt, otherAt + stride);
      join(up, at, below, otherAt, count, ratio);
      return;
    }
    follows[followed] = 1;
    follows[other] = 0;
    const zc = share[other]!;
    if (before < 0) {
      if (feature[followed]! < 0 && feature[other]! < 0) {
        sums[f]! += zc * joinLeaves(down, up, at, count, rest, zc, value[followed]!, value[other]!);
        return;
      }
      divideFirst(down, at, below, otherAt, count, rest, zc);
      descend(followed, below, otherAt + stride);
      descend(other, otherAt, otherAt + stride);
      sums[f]! += zc * joinFirst(down, up, at, below, otherAt, count, rest, zc);
      return;
    }
    const zp = share[before]!;
    divideAgain(down, at, below, otherAt, count, rest, zc, zp);
    descend(followed, below, otherAt + stride);
    descend(other, otherAt, otherAt + stride);
    sums[f]! += zc * joinAgain(down, up, at, below, otherAt, count, rest, zc, zp);
  }

  function descend(child: number, at: number, below: number): void {
    if (feature[child]! >= 0) {
      visit(child, at, below);
      return;
    }
    const leaf = value[child]!;
    for (let k = at; k < at + count; k++) up[k] = leaf;
  }

  return (given) => {
    row = given;
    sums = new Float64Array(featureCount);
    for (let tree = 0; tree < trees; tree++) {
      const root = treeStart[tree]!;
      if (feature[root]! < 0) continue;
      count = pointsOf(tree);
      const quadrature = quadratures[count]!;
      rest = quadrature.rest;
      down.set(quadrature.weights);
      visit(root, 0, 2 * stride);
    }
    return sums;
  };
}
