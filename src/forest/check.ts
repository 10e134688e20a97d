/**
 * Structural check of a forest that came from outside: after it, prediction ends, stays in range and attributions add up.
 *
 * Time    linear in the nodes; nothing is allocated beyond one byte per node
 * Choice  a child's index must be above its parent's and each node may have one parent: then a cycle cannot exist, and a node other than a
 *         root is reachable exactly when it has a parent
 */
import { ForestError } from '../errors.ts';
import type { FlatForest } from './flat-forest.ts';

const coverTolerance = 1e-9;

/**
 * @throws {ForestError} FOREST_STRUCTURE naming tree and node: array lengths; tree borders; feature, children or leaf marks out of
 *         range; a node with no parent or two; threshold not finite; value outside [0, 1]; cover not above 0 or not the sum of the
 *         children's (relative 1e-9)
 */
export function checkForest(forest: FlatForest): void {
  const nodes = checkLengths(forest);
  const { treeStart } = forest;
  const hasParent = new Uint8Array(nodes);
  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    const start = treeStart[tree]!;
    const end = treeStart[tree + 1]!;
    if (!(end > start) || end > nodes)
      fault(tree, start, `expected the next tree to start after ${start} and by ${nodes}, found ${end}`);
    for (let node = start; node < end; node++) checkNode(forest, tree, node, end, hasParent, node === start);
  }
}

function checkLengths(forest: FlatForest): number {
  const { featureCount, treeStart, feature } = forest;
  const trees = treeStart.length - 1;
  if (trees < 1 || treeStart[0] !== 0) fault(0, 0, 'expected at least one tree, the first starting at node 0');
  if (!Number.isInteger(featureCount) || featureCount < 1) fault(0, 0, `expected at least 1 column, found ${featureCount}`);
  const nodes = treeStart[trees]!;
  for (const name of ['feature', 'threshold', 'missingLeft', 'left', 'right', 'value', 'cover'] as const) {
    if (forest[name].length !== nodes)
      fault(trees - 1, nodes, `${name}: expected ${nodes} entries, found ${forest[name].length}`);
  }
  return feature.length;
}

function checkNode(forest: FlatForest, tree: number, node: number, end: number, hasParent: Uint8Array, isRoot: boolean): void {
  const feature = forest.feature[node]!;
  const threshold = forest.threshold[node]!;
  const missingLeft = forest.missingLeft[node]!;
  const left = forest.left[node]!;
  const right = forest.right[node]!;
  const value = forest.value[node]!;
  const cover = forest.cover[node]!;
  if (!isRoot && hasParent[node] === 0) fault(tree, node, 'expected a parent, found none: the node cannot be reached');
  if (!(value >= 0 && value <= 1)) fault(tree, node, `expected a value in [0, 1], found ${value}`);
  if (!(cover > 0 && cover < Infinity)) fault(tree, node, `expected a finite cover above 0, found ${cover}`);
  if (!(threshold - threshold === 0)) fault(tree, node, `expected a finite threshold, found ${threshold}`);
  if (missingLeft > 1) fault(tree, node, `expected missingLeft 0 or 1, found ${missingLeft}`);
  if (feature === -1) {
    if (left !== -1 || right !== -1) fault(tree, node, `expected a leaf without children, found ${left} and ${right}`);
    return;
  }
  if (feature < 0 || feature >= forest.featureCount) {
    fault(tree, node, `expected a column in 0..${forest.featureCount - 1}, or -1, found ${feature}`);
  }
  for (const child of [left, right]) {
    if (child <= node || child >= end) fault(tree, node, `expected a child in ${node + 1}..${end - 1}, found ${child}`);
    if (hasParent[child] === 1) fault(tree, child, 'expected one parent, found two');
    hasParent[child] = 1;
  }
  const below = forest.cover[left]! + forest.cover[right]!;
  if (!(Math.abs(cover - below) <= coverTolerance * cover)) {
    fault(tree, node, `expected a cover of ${below}, the sum of the children's, found ${cover}`);
  }
}

function fault(tree: number, node: number, what: string): never {
  throw new ForestError(
    'FOREST_STRUCTURE',
    `tree ${tree}, node ${node}: ${what}; the forest is damaged or foreign, train it again`,
    {
      details: { tree, node },
    },
  );
}
