/**
 * Rewrites a tree of the package ml-cart into the flat format.
 *
 * Choice  ml-cart sends a row left when x < cut; the flat format says x <= threshold, so the threshold is the next double below the cut
 * Choice  value and cover are counted from the rows the tree was grown on, rounded as in ./tree-grower.ts
 */
import { nextBelow } from '../util/adjacent-double.ts';
import type { FlatForest } from './flat-forest.ts';
import { leafOf } from './walk.ts';

/** What is read of ml-cart's TreeNode: a split has both children, a leaf has neither. */
export interface CartNode {
  readonly left?: CartNode;
  readonly right?: CartNode;
  readonly splitColumn?: number;
  readonly splitValue?: number;
}

/** A flat forest of one tree. */
export type CartTree = FlatForest;

/**
 * @param columns  table column of each column the tree knows
 * @param matrix   rows without NaN; missing values lie below every cut
 * @param times    how often each row is in the tree's sample
 */
export function convertCart(
  root: CartNode,
  columns: readonly number[],
  matrix: readonly number[][],
  outcome: Uint8Array,
  times: Int32Array,
): CartTree {
  const nodes = inPreorder(root);
  const numberOf = new Map(nodes.map((node, number) => [node, number]));
  const isSplit = (node: CartNode): boolean => node.left !== undefined && node.right !== undefined;
  const childOf = (node: CartNode, child: CartNode | undefined): number => (isSplit(node) ? numberOf.get(child!)! : -1);
  const tree = {
    featureCount: matrix[0]!.length,
    treeStart: Int32Array.of(0, nodes.length),
    feature: Int32Array.from(nodes, (node) => (isSplit(node) ? columns[node.splitColumn!]! : -1)),
    threshold: Float64Array.from(nodes, (node) => (isSplit(node) ? nextBelow(node.splitValue!) : 0)),
    missingLeft: Uint8Array.from(nodes, (node) => (isSplit(node) ? 1 : 0)),
    left: Int32Array.from(nodes, (node) => childOf(node, node.left)),
    right: Int32Array.from(nodes, (node) => childOf(node, node.right)),
    value: new Float64Array(nodes.length),
    cover: new Float64Array(nodes.length),
  };
  countRows(tree, matrix, outcome, times);
  return tree;
}

function inPreorder(root: CartNode): CartNode[] {
  const nodes: CartNode[] = [];
  const pending = [root];
  while (pending.length > 0) {
    const node = pending.pop()!;
    nodes.push(node);
    if (node.left !== undefined && node.right !== undefined) pending.push(node.right, node.left);
  }
  return nodes;
}

/** Fills cover and value: leaves from the rows, the nodes above from their children. */
function countRows(tree: CartTree, matrix: readonly number[][], outcome: Uint8Array, times: Int32Array): void {
  const { feature, left, right, cover, value } = tree;
  const positive = new Float64Array(feature.length);
  matrix.forEach((row, r) => {
    if (times[r] === 0) return;
    const leaf = leafOf(tree, 0, Float64Array.from(row));
    cover[leaf]! += times[r]!;
    positive[leaf]! += times[r]! * outcome[r]!;
  });
  for (let node = feature.length - 1; node >= 0; node--) {
    if (feature[node]! >= 0) {
      cover[node] = cover[left[node]!]! + cover[right[node]!]!;
      positive[node] = positive[left[node]!]! + positive[right[node]!]!;
    }
    value[node] = Math.round((positive[node]! / cover[node]!) * 4294967296) / 4294967296;
  }
}
