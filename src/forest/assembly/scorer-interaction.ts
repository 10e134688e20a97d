/**
 * Interactions of one row: what ../interaction-reference.ts computes, over the same laid-out trees as ./scorer-attribution.ts.
 *
 * Down    each node's slot gets D, at the points and at t = 0 and t = 1; each inner child's edge gets psi, the change that the edge makes to
 *         (o - z) / h of its column, and its place in the chain of edges above. Where the row has left at this column above, psi is 0 and the
 *         edge is left out of the chain
 * Up      U takes D's place. T, what the node adds to its column's attribution at each point, is multiplied with the psi of every edge above:
 *         that is what the two columns add together
 * Ends    the sums of T at t = 0 and t = 1 are what a column adds to nothing and to everything
 */
import {
  AGAIN,
  CHILD_A,
  CHILD_B,
  COLUMN,
  EARLIER,
  LEAVES,
  PAIR,
  SHARE_A,
  SHARE_BEFORE,
  SLOT,
  THRESHOLD,
  TREE_COUNT,
  TREE_NODES,
  TREE_NODES_END,
  TREE_QUADRATURE,
  TREE_RUNS,
  TREE_RUNS_END,
  TREE_SIZE,
  TREE_VECTORS,
  VALUE_A,
  VALUE_B,
  sizeOf,
} from './scorer-layout';

/** Of the tree at hand. */
let vectors: usize = 0;
let rest: usize = 0;
/** Bytes of a slot, with its last vector for the ends. */
let width: usize = 0;

let row: usize = 0;
let slots: usize = 0;
let states: usize = 0;
/** Per node: the psi of the edge that leads to it. */
let psis: usize = 0;
/** Per node 12 bytes: the first edge of the chain above it, as the number of the node that the edge leads to, 0 where there is none; the row of
 *  `pairs` of its own edge's column; the edge before its own in the chain. */
let chains: usize = 0;
/** Per column 32 bytes: its attribution, then its sums at t = 0 and at t = 1. */
let sums: usize = 0;
/** Column of the upper edge by column of the lower. */
let pairs: usize = 0;
let pairRow: usize = 0;
/** T of the node at hand. */
let products: usize = 0;

/** Of the node at hand. */
let on: u32 = 0;
let toA: u32 = 0;
let before: f64 = 0;
let shareA: f64 = 0;
let c0: v128 = f64x2.splat(0);
let c1: v128 = f64x2.splat(0);
let slope: f64 = 0;
let mask: v128 = f64x2.splat(0);

function enter(node: usize, kind: u32): void {
  const slot = load<u32>(node, SLOT);
  toA = u32(load<f64>(row + (slot & ~7)) <= load<f64>(node, THRESHOLD)) ^ (slot & 1);
  on = 1;
  before = 1;
  shareA = load<f64>(node, SHARE_A);
  if (kind & AGAIN) {
    const earlier = load<u32>(node, EARLIER);
    on = (load<u8>(states + (earlier >> 1)) >> u8(earlier & 1)) & 1;
    before = load<f64>(node, SHARE_BEFORE);
  }
  slope = on ? shareA - (toA ? before : 0) : shareA / before;
  c0 = f64x2.splat(on & toA ? 1 : 0);
  c1 = f64x2.splat(slope);
  mask = i64x2.splat(0 - i64(on));
}

function undoAt(r: v128): v128 {
  const one = f64x2.splat(1);
  if (before == 1) return one;
  return f64x2.div(one, f64x2.sub(one, v128.and(mask, f64x2.mul(f64x2.splat(1 - before), r))));
}

/** The edge to an inner child joins the chain. */
function link(node: usize, number: usize, child: usize, followed: bool, share: f64): void {
  const chain = chains + 12 * child;
  const above = load<u32>(chains + 12 * number);
  if (on == 0) {
    store<u32>(chain, above);
    return;
  }
  store<u32>(chain, u32(child));
  store<u32>(chain, u32(load<u32>(node, COLUMN) >> 4) * u32(pairRow), 4);
  store<u32>(chain, above, 8);
  const psi = psis + child * (vectors << 4);
  const one = f64x2.splat(1);
  const lost = f64x2.splat(before - share);
  const left = f64x2.splat(1 - share);
  for (let k: usize = 0; k < vectors << 4; k += 16) {
    const r = v128.load(rest + k);
    const undo = undoAt(r);
    const change = followed
      ? f64x2.div(f64x2.mul(lost, undo), f64x2.sub(one, f64x2.mul(left, r)))
      : f64x2.neg(f64x2.div(undo, r));
    v128.store(psi + k, change);
  }
}

function down(node: usize, number: usize, kind: u32): void {
  enter(node, kind);
  store<u8>(states + number, u8((2 - toA) & (0 - on)));
  const isPair = (kind & 3) == PAIR;
  const childA: usize = load<u32>(node, CHILD_A);
  const childB: usize = isPair ? <usize>load<u32>(node, CHILD_B) : 0;
  const at = slots + number * width;
  const a = slots + childA * width;
  const b = slots + childB * width;
  const one = f64x2.splat(1);
  for (let k: usize = 0; k < width; k += 16) {
    const r = v128.load(rest + k);
    const q = f64x2.mul(v128.bitselect(r, one, mask), undoAt(r));
    const d = v128.load(at + k);
    const part = f64x2.mul(d, f64x2.add(c0, f64x2.mul(c1, q)));
    v128.store(a + k, part);
    if (isPair) v128.store(b + k, f64x2.sub(d, part));
  }
  link(node, number, childA, toA != 0, shareA);
  if (isPair) link(node, number, childB, toA == 0, before - shareA);
}

function up(node: usize, number: usize, kind: u32): void {
  enter(node, kind);
  const isPair = (kind & 3) == PAIR;
  const isLeaves = (kind & 3) == LEAVES;
  const at = slots + number * width;
  const a: usize = isLeaves ? 0 : slots + <usize>load<u32>(node, CHILD_A) * width;
  const b: usize = isPair ? slots + <usize>load<u32>(node, CHILD_B) * width : 0;
  const leafA = f64x2.splat(isLeaves ? load<f64>(node, VALUE_A) : 0);
  const leafB = f64x2.splat(isPair ? 0 : load<f64>(node, VALUE_B));
  const one = f64x2.splat(1);
  const weight = f64x2.splat(on ? -slope : 0);
  let sum = f64x2.splat(0);
  let product = sum;
  for (let k: usize = 0; k < width; k += 16) {
    const r = v128.load(rest + k);
    const undo = undoAt(r);
    const q = f64x2.mul(v128.bitselect(r, one, mask), undo);
    let ua = leafA;
    let ub = leafB;
    if (!isLeaves) ua = v128.load(a + k);
    if (isPair) ub = v128.load(b + k);
    const gap = f64x2.sub(ua, ub);
    sum = f64x2.add(sum, product);
    product = f64x2.mul(f64x2.mul(f64x2.mul(v128.load(at + k), gap), f64x2.mul(undo, undo)), weight);
    v128.store(products + k, product);
    v128.store(at + k, f64x2.add(ub, f64x2.mul(gap, f64x2.add(c0, f64x2.mul(c1, q)))));
  }
  if (on == 0) return;
  const column: usize = load<u32>(node, COLUMN) >> 4;
  const own = sums + (column << 5);
  // The last product is that of the ends.
  v128.store(own, f64x2.add(v128.load(own), sum));
  v128.store(own, f64x2.add(v128.load(own, 16), product), 16);
  const cell = pairs + (column << 3);
  for (let edge = load<u32>(chains + 12 * number); edge != 0; edge = load<u32>(chains + 12 * <usize>edge, 8)) {
    const psi = psis + <usize>edge * (vectors << 4);
    let both = f64x2.mul(v128.load(psi), v128.load(products));
    for (let k: usize = 16; k < vectors << 4; k += 16) {
      both = f64x2.add(both, f64x2.mul(v128.load(psi + k), v128.load(products + k)));
    }
    const pair = cell + <usize>load<u32>(chains + 12 * <usize>edge, 4);
    store<f64>(pair, load<f64>(pair) + f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
  }
}

function addTree(tree: usize): void {
  let node: usize = load<u32>(tree, TREE_NODES);
  const runs: usize = load<u32>(tree, TREE_RUNS);
  const runsEnd: usize = load<u32>(tree, TREE_RUNS_END);
  let number: usize = 0;
  memory.copy(slots, rest + width, width);
  store<u32>(chains, 0);
  for (let run = runs; run < runsEnd; run += 8) {
    const kind = load<u32>(run);
    if ((kind & 3) == LEAVES) break;
    for (let count = load<u32>(run, 4); count > 0; count--, node += sizeOf(kind), number++) down(node, number, kind);
  }
  node = load<u32>(tree, TREE_NODES_END);
  number = load<u32>(tree, TREE_COUNT);
  for (let run = runsEnd; run > runs;) {
    run -= 8;
    const kind = load<u32>(run);
    for (let count = load<u32>(run, 4); count > 0; count--) {
      node -= sizeOf(kind);
      number--;
      up(node, number, kind);
    }
  }
}

/**
 * @param trees        descriptions of trees with at least one split
 * @param doubledRow   two numbers a column
 * @param columns      of the row
 * @param flags        a byte for each node of the largest tree
 * @param scratch      for each node of the largest tree 32 bytes a vector and 28 more, then 16 bytes a vector and 16
 * @param mostNodes    of a tree
 * @param mostVectors  of a tree
 * @param columnSums   32 bytes a column, zeroed
 * @param columnPairs  8 bytes a pair of columns, zeroed
 */
export function interact(
  trees: usize,
  count: u32,
  doubledRow: usize,
  columns: u32,
  flags: usize,
  scratch: usize,
  mostNodes: usize,
  mostVectors: usize,
  columnSums: usize,
  columnPairs: usize,
): void {
  row = doubledRow;
  states = flags;
  slots = scratch;
  psis = slots + mostNodes * ((mostVectors + 1) << 4);
  products = psis + mostNodes * (mostVectors << 4);
  chains = products + ((mostVectors + 1) << 4);
  sums = columnSums;
  pairs = columnPairs;
  pairRow = (<usize>columns) << 3;
  for (; count > 0; count--, trees += TREE_SIZE) {
    vectors = load<u32>(trees, TREE_VECTORS);
    rest = load<u32>(trees, TREE_QUADRATURE);
    width = (vectors + 1) << 4;
    addTree(trees);
  }
}
