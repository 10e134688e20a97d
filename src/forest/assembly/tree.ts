/**
 * Grows one tree depth-first: what tree-grower.ts grows, to the bit.
 *
 * Out     nodes in preorder (a left child follows its parent) as u64 splits, f64 values and f64 covers
 * Split   bits 0-11 column, 12-19 low, 20-28 width, 32-63 the right child: a row goes right when its bin is in [low, low + width). A leaf sends
 *         every row right, to itself, so that a walk may go on past it
 */
import {
  featureCount,
  maxDepth,
  minLeafRows,
  minLeafWeight,
  mtry,
  order,
  packedLimit,
  pending,
  seed,
  state,
  treeCovers,
  treeSplits,
  treeValues,
} from './job';
import { batchSize, prepareCounts } from './counting';
import { below, startStream } from './random';
import { drawSample, enter, keepChild, partition, sumPositive, sumWeight, sumWeighed, weighed, widthOfRight } from './sample';
import { bestCut, bestFeature, bestMissingLeft, bestPositive, bestRows, bestWeight, startNode } from './best-cut';
import { tryColumns } from './splitting';

/** A split that sends every bin right. */
const leafSplit: u64 = 256 << 20;

let nodes: i32 = 0;
/** Most splits between the root and a leaf of the tree grown last. */
export let treeDepth: i32 = 0;

// A pending node: i32 start, end, depth, parent (-1 for a root or left child), known constants, whether local; f64 rows, weight, positive.
const pendingBytes: i32 = 48;
let top: usize = 0;

function push(start: i32, end: i32, depth: i32, parent: i32, known: i32, isLocal: bool, rows: i32, w: f64, p: f64): void {
  store<i32>(top, start);
  store<i32>(top, end, 4);
  store<i32>(top, depth, 8);
  store<i32>(top, parent, 12);
  store<i32>(top, known, 16);
  store<i32>(top, isLocal ? 1 : 0, 20);
  store<i32>(top, rows, 24);
  store<f64>(top, w, 32);
  store<f64>(top, p, 40);
  top += pendingBytes;
}

/** Nothing to split: too deep, too few rows or too little weight for two leaves, or of one outcome. */
function isDone(depth: i32, rows: i32, weight: f64, positive: f64): bool {
  return depth >= maxDepth || rows < 2 * minLeafRows || positive == 0 || positive == weight || weight < 2 * minLeafWeight;
}

/** Nearest multiple of 2^-32, halves upwards. */
function rounded(share: f64): f64 {
  const scaled = share * 4294967296;
  const above = Math.ceil(scaled);
  return (above - 0.5 > scaled ? above - 1 : above) / 4294967296;
}

/** @returns  how many nodes the tree has, or -1 when the run was cancelled */
export function growTree(tree: u32): i32 {
  startStream(seed, tree);
  prepareCounts();
  for (let feature = 0; feature < featureCount; feature++) store<i32>(order + (feature << 2), feature);
  nodes = 0;
  treeDepth = 0;
  top = pending;
  const count = drawSample();
  push(0, count, 0, -1, 0, false, count, sumWeight, sumPositive);
  while (top > pending) {
    if (atomic.load<i32>(state, 8) != 0) return -1;
    top -= pendingBytes;
    growNode();
  }
  addCoversUpwards();
  return nodes;
}

function growNode(): void {
  const start = load<i32>(top);
  const end = load<i32>(top, 4);
  const depth = load<i32>(top, 8);
  const parent = load<i32>(top, 12);
  const known = load<i32>(top, 16);
  const rows = load<i32>(top, 24);
  let weight = load<f64>(top, 32);
  let positive = load<f64>(top, 40);
  const node = nodes++;
  if (parent >= 0) store<i32>(treeSplits + (parent << 3), node, 4);
  if (weighed) {
    sumWeighed(start, end);
    weight = sumWeight;
    positive = sumPositive;
  }
  store<u64>(treeSplits + (node << 3), leafSplit | ((<u64>node) << 32));
  store<f64>(treeValues + (node << 3), rounded(positive / weight));
  store<f64>(treeCovers + (node << 3), weight);
  treeDepth = max(treeDepth, depth);
  if (isDone(depth, rows, weight, positive)) return;
  const isLocal = enter(start, end, load<i32>(top, 20) != 0);
  const isPacked = !weighed && weight < packedLimit;
  startNode(rows, weight, positive, isPacked ? (<u64>rows) | ((<u64>weight) << 21) | ((<u64>positive) << 42) : 0);
  const constants = findCut(start, end, known);
  if (bestFeature < 0) return;
  const width = widthOfRight(bestFeature, bestCut, bestMissingLeft);
  store<u32>(treeSplits + (node << 3), bestFeature | ((bestCut + 1) << 12) | (width << 20));
  splitNode(start, end, depth + 1, node, constants, isLocal, rows, weight, positive);
}

function splitNode(start: i32, end: i32, depth: i32, node: i32, known: i32, isLocal: bool, rows: i32, w: f64, p: f64): void {
  const rightRows = rows - bestRows;
  const rightWeight = w - bestWeight;
  const rightPositive = p - bestPositive;
  // A leaf's rows are not needed any more, unless they are to be summed.
  const isLeftDone = !weighed && isDone(depth, bestRows, bestWeight, bestPositive);
  const isRightDone = !weighed && isDone(depth, rightRows, rightWeight, rightPositive);
  let middle = start;
  let last = end;
  if (isLeftDone) {
    if (!isRightDone) last = keepChild(start, end, bestFeature, bestCut, bestMissingLeft, true);
  } else if (isRightDone) {
    middle = keepChild(start, end, bestFeature, bestCut, bestMissingLeft, false);
  } else {
    middle = partition(start, end, bestFeature, bestCut, bestMissingLeft);
  }
  push(middle, last, depth, node, known, isLocal, rightRows, rightWeight, rightPositive);
  push(start, middle, depth, -1, known, isLocal, bestRows, bestWeight, bestPositive);
}

/**
 * Draws columns without replacement until mtry of them vary in the node, and leaves the best cut in ./best-cut.ts.
 *
 * `order` is a permutation of the columns whose first `known` entries are constant in this node. A subtree only reorders what
 * follows its own known entries, so depth-first growth finds them untouched in the sibling.
 *
 * @returns  how many columns are now known to be constant
 */
function findCut(start: i32, end: i32, known: i32): i32 {
  const lists = order + (featureCount << 2);
  const varies = lists + 8 * batchSize;
  let constants = known;
  // order: [known constants | found constant here | tried | not yet drawn]
  let tried = known;
  for (let varying = 0; varying < mtry && tried < featureCount;) {
    const batch = min(batchSize, min(mtry - varying, featureCount - tried));
    const last = tried + batch;
    for (let i = tried; i < last; i++) {
      const at = order + ((i + below(featureCount - i)) << 2);
      const feature = load<i32>(at);
      store<i32>(at, load<i32>(order + (i << 2)));
      store<i32>(order + (i << 2), feature);
    }
    tryColumns(start, end, order + (tried << 2), batch, lists, varies);
    for (let slot = 0; slot < batch; slot++, tried++) {
      if (load<u8>(varies + slot) == 1) {
        varying++;
      } else {
        const at = order + (tried << 2);
        const feature = load<i32>(at);
        store<i32>(at, load<i32>(order + (constants << 2)));
        store<i32>(order + (constants << 2), feature);
        constants++;
      }
    }
  }
  return constants;
}

/** A parent's cover is the sum of its children's, to the bit; summing its rows could differ in the last place. */
function addCoversUpwards(): void {
  for (let node = nodes - 1; node >= 0; node--) {
    const right = load<i32>(treeSplits + (node << 3), 4);
    if (right == node) continue;
    const at = treeCovers + (node << 3);
    store<f64>(at, load<f64>(at, 8) + load<f64>(treeCovers + (right << 3)));
  }
}
