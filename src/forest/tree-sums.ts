/**
 * What an engine computes of one row for its explanation, each number summed over the trees.
 */
export interface TreeSums {
  /** Per column its attribution. The array is fresh. */
  attributions(row: Float64Array): Float64Array;
  interactions(row: Float64Array): InteractionSums;
}

/** Fresh arrays. */
export interface InteractionSums {
  /** Per column its attribution. */
  readonly attributions: Float64Array;
  /** Per column what it adds when nothing else is known, and when all else is. */
  readonly alone: Float64Array;
  readonly last: Float64Array;
  /**
   * Per pair of columns, row by row, a part of their interaction index: the other part is at the pair turned round. What lies on the diagonal
   * means nothing.
   */
  readonly pairs: Float64Array;
}
