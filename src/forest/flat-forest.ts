/**
 * A forest as flat arrays: what every trainer makes, and all that predictor, attributions and model file know.
 *
 * Layout  the nodes of tree t are treeStart[t] .. treeStart[t + 1] - 1, its root is the first; children come after their
 *         parent (child > parent), so a cycle cannot be written down
 * Split   feature[n] >= 0: a row goes left when x[feature[n]] <= threshold[n]; a NaN goes left when missingLeft[n] is 1.
 *         Thresholds are finite: "all present left, missing right" is the largest finite value
 * Leaf    feature[n] === -1; left and right are -1 and threshold is 0
 * Output  the mean of the leaf values over the trees, in [0, 1]
 */
export interface FlatForest {
  /** Columns a row must have, in this order. */
  readonly featureCount: number;
  /** Length trees + 1; treeStart[0] is 0 and the last entry is the number of nodes. */
  readonly treeStart: Int32Array;
  /** Column tested by each node, -1 for a leaf. */
  readonly feature: Int32Array;
  /** Finite threshold of each split. */
  readonly threshold: Float64Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** Index of the left child in these arrays, -1 for a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Event share in each node, in [0, 1]; a leaf's is its prediction. */
  readonly value: Float64Array;
  /** Weight of the (bootstrap) training rows that reached each node, > 0; a parent's is the sum of its children's. */
  readonly cover: Float64Array;
}
