/**
 * What attributions need to know of each edge of a tree and that does not depend on the row: shares and earlier edges.
 *
 * Edge    every node but a root stands for the edge that leads to it; the edge's column is the one its parent tests
 * Share   z(edge) is the product of cover(child) / cover(both children) over this edge and the earlier edges of the same column on its path: the
 *         chance that a row whose value is unknown passes all of these
 */
import type { FlatForest } from './flat-forest.ts';

export interface PathWeights {
  /** z after this edge, in (0, 1]. */
  readonly share: Float64Array;
  /** The earlier edge of the same column nearest above, or -1. */
  readonly earlier: Int32Array;
  /** Most distinct columns on a path, per tree. */
  readonly distinctColumns: Int32Array;
  /** Most splits on a path, over all trees. */
  readonly depth: number;
  /** Output of an empty forest of knowledge: the cover-weighted mean leaf value, mean over the trees. */
  readonly baseValue: number;
}

/** Linear in nodes times depth. @param forest  checked (./check.ts) or trained here */
export function pathWeights(forest: FlatForest): PathWeights {
  const { treeStart, feature, left, right, cover, value } = forest;
  const nodes = feature.length;
  const share = new Float64Array(nodes).fill(1);
  const earlier = new Int32Array(nodes).fill(-1);
  const parent = new Int32Array(nodes).fill(-1);
  const depthOf = new Int32Array(nodes);
  const distinctOf = new Int32Array(nodes);
  const distinctColumns = new Int32Array(treeStart.length - 1);
  let depth = 0;
  let tree = 0;
  for (let node = 0; node < nodes; node++) {
    while (node >= treeStart[tree + 1]!) tree++;
    distinctColumns[tree] = Math.max(distinctColumns[tree]!, distinctOf[node]!);
    depth = Math.max(depth, depthOf[node]!);
    if (feature[node]! < 0) continue;
    const same = earlierEdge(forest, parent, node);
    for (const child of [left[node]!, right[node]!]) {
      parent[child] = node;
      earlier[child] = same;
      share[child] = (cover[child]! / (cover[left[node]!]! + cover[right[node]!]!)) * (same < 0 ? 1 : share[same]!);
      depthOf[child] = depthOf[node]! + 1;
      distinctOf[child] = distinctOf[node]! + (same < 0 ? 1 : 0);
    }
  }
  return { share, earlier, distinctColumns, depth, baseValue: meanRootExpectation(forest, value.slice()) };
}

/** The nearest edge at or above `node` whose column is the one `node` tests. */
function earlierEdge(forest: FlatForest, parent: Int32Array, node: number): number {
  const wanted = forest.feature[node]!;
  for (let edge = node; parent[edge]! >= 0; edge = parent[edge]!) {
    if (forest.feature[parent[edge]!] === wanted) return edge;
  }
  return -1;
}

/** Overwrites `expectation` (leaf values) with each node's expected leaf value, from the leaves up. */
function meanRootExpectation(forest: FlatForest, expectation: Float64Array): number {
  const { feature, left, right, cover, treeStart } = forest;
  for (let node = feature.length - 1; node >= 0; node--) {
    if (feature[node]! < 0) continue;
    const l = left[node]!;
    const r = right[node]!;
    expectation[node] = (cover[l]! * expectation[l]! + cover[r]! * expectation[r]!) / (cover[l]! + cover[r]!);
  }
  const trees = treeStart.length - 1;
  let sum = 0;
  for (let tree = 0; tree < trees; tree++) sum += expectation[treeStart[tree]!]!;
  return sum / trees;
}
