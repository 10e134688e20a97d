/**
 * Where the numbers of a prepared forest lie; ../attribution-layout.ts writes them. Offsets and sizes in bytes.
 *
 * Node    32 to 56 bytes by kind: a pair of inner children, an inner child and a leaf (the inner one is then A), two leaves; a column that is new
 *         to the path or one met before
 * Tree    32 bytes: where its nodes, runs and quadrature are, and how many
 */
export const THRESHOLD: usize = 0;
/** Share of child A (./scorer-attribution.ts); that of B is what it lacks of the share before, 1 for a new column. */
export const SHARE_A: usize = 8;
/** The value to compare, in the doubled row; bit 0 is set where A is the right child. */
export const SLOT: usize = 16;
/** Into the columns' sums. */
export const COLUMN: usize = 20;
/** Number of an inner child A in its tree, then of an inner child B. */
export const CHILD_A: usize = 24;
export const CHILD_B: usize = 28;
/** In place of the numbers where a child is a leaf. */
export const VALUE_A: usize = 24;
export const VALUE_B: usize = 32;
/** Of a column met before. */
export const SHARE_BEFORE: usize = 40;
/** Twice the number of the node whose edge was the last of this column, plus 1 where that edge leads to its B. */
export const EARLIER: usize = 48;

/** Kinds of nodes, as runs name them. */
export const PAIR: u32 = 0;
export const MIXED: u32 = 1;
export const LEAVES: u32 = 2;
/** Added to a kind where the column was met before. */
export const AGAIN: u32 = 4;

export const TREE_NODES: usize = 0;
export const TREE_NODES_END: usize = 4;
export const TREE_RUNS: usize = 8;
export const TREE_RUNS_END: usize = 12;
/** 1 - t of each point, then of t = 0 and t = 1; the weights in the same order, 1 for these two. */
export const TREE_QUADRATURE: usize = 16;
/** Pairs of points. */
export const TREE_VECTORS: usize = 20;
export const TREE_COUNT: usize = 24;
export const TREE_SIZE: usize = 32;

/** Bytes of a node. */
export function sizeOf(kind: u32): usize {
  return kind & AGAIN ? 56 : kind == PAIR ? 32 : 40;
}
