/**
 * Attributions of one row: the sums of ../attribution-reference.ts, two quadrature points a vector.
 *
 * In      memory laid out by ../attribution-layout.ts: per tree its inner nodes in an order in which parents come before children, in runs of
 *         one kind, so that no branch depends on the row; the row twice, missing values at -Infinity and at +Infinity
 * Down    each node's slot gets D from its parent's. The factor of child A is FA = c0 + c1 q with q = rest / h (h = 1 where the column is new to
 *         the path): c0 = 1 and c1 = -zB where the row goes to A, c0 = 0 and c1 = zA where it goes to B. Child B gets what A leaves
 * Up      in the reverse order, U = UB + FA (UA - UB) takes D's place in the slot, and the column's sum grows by -c1 D (UA - UB) / h^2
 * Off     where the row has left at this column above (./scorer-repeated.ts), FA is zA / zp, a ratio of covers, and nothing is attributed: q = 1,
 *         c0 = 0, c1 = zA / zp
 * Choice  the number of vectors is a type whose size says it: 1, 2, 4 and 8 bytes stand for 1, 2, 4 and 3 vectors, 16 for any number
 */
import {
  AGAIN,
  CHILD_A,
  CHILD_B,
  LEAVES,
  MIXED,
  PAIR,
  SHARE_A,
  TREE_COUNT,
  TREE_NODES,
  TREE_NODES_END,
  TREE_RUNS,
  TREE_RUNS_END,
  TREE_SIZE,
  VALUE_A,
  VALUE_B,
  sizeOf,
} from './scorer-layout';
import { againDown, againUp } from './scorer-repeated';
import { goesToA, grow, join, rest, row, slots, spread, startRow, startTree, states, vectors } from './scorer-steps';

/** c0 + c1 q at `at`, where D was; returns D. */
function replace(at: usize, q: v128, c0: v128, c1: v128): v128 {
  const d = v128.load(at);
  v128.store(at, f64x2.add(c0, f64x2.mul(c1, q)));
  return d;
}

/** c1 of a column new to the path. */
function slopeFirst(node: usize, toA: u32): f64 {
  const share = load<f64>(node, SHARE_A);
  return share - f64(toA);
}

/** The D of inner children, for a run of nodes with one (type P of 1 byte) or two (2 bytes). */
function downFirst<N, P>(node: usize, at: usize, state: usize, count: usize): void {
  const r0 = v128.load(rest);
  const r1 = v128.load(rest, 16);
  const r2 = v128.load(rest, 32);
  const r3 = v128.load(rest, 48);
  const width = sizeof<N>() == 16 ? vectors << 4 : sizeof<N>() == 8 ? 48 : sizeof<N>() << 4;
  const from = row;
  const base = slots;
  for (; count > 0; count--, node += sizeof<P>() == 2 ? 32 : 40, at += width, state++) {
    const toA = goesToA(node, from);
    store<u8>(state, u8(2 - toA));
    const c0 = f64x2.splat(f64(toA));
    const c1 = f64x2.splat(slopeFirst(node, toA));
    const a = base + <usize>load<u32>(node, CHILD_A) * width;
    const b = base + <usize>load<u32>(node, CHILD_B) * width;
    if (sizeof<N>() == 16) {
      for (let k: usize = 0; k < width; k += 16) spread<P>(at + k, a + k, b + k, v128.load(rest + k), c0, c1);
    } else {
      spread<P>(at, a, b, r0, c0, c1);
      if (sizeof<N>() >= 2) spread<P>(at + 16, a + 16, b + 16, r1, c0, c1);
      if (sizeof<N>() >= 4) spread<P>(at + 32, a + 32, b + 32, r2, c0, c1);
      if (sizeof<N>() == 4) spread<P>(at + 48, a + 48, b + 48, r3, c0, c1);
    }
  }
}

/** The U of a run of nodes, backwards: all three numbers are those after its last node. */
function upFirst<N, P>(node: usize, at: usize, state: usize, count: usize): void {
  const r0 = v128.load(rest);
  const r1 = v128.load(rest, 16);
  const r2 = v128.load(rest, 32);
  const r3 = v128.load(rest, 48);
  const width = sizeof<N>() == 16 ? vectors << 4 : sizeof<N>() == 8 ? 48 : sizeof<N>() << 4;
  const base = slots;
  for (; count > 0; count--) {
    node -= sizeof<P>() == 2 ? 32 : 40;
    at -= width;
    state--;
    const toA = u32(load<u8>(state) & 1);
    const slope = slopeFirst(node, toA);
    const c0 = f64x2.splat(f64(toA));
    const c1 = f64x2.splat(slope);
    const a = base + <usize>load<u32>(node, CHILD_A) * width;
    const b = base + <usize>load<u32>(node, CHILD_B) * width;
    const leaf = f64x2.splat(sizeof<P>() == 2 ? 0 : load<f64>(node, VALUE_B));
    let sum: v128;
    if (sizeof<N>() == 16) {
      sum = f64x2.splat(0);
      for (let k: usize = 0; k < width; k += 16) {
        sum = f64x2.add(
          sum,
          join(at + k, v128.load(a + k), sizeof<P>() == 2 ? v128.load(b + k) : leaf, v128.load(rest + k), c0, c1),
        );
      }
    } else {
      sum = join(at, v128.load(a), sizeof<P>() == 2 ? v128.load(b) : leaf, r0, c0, c1);
      if (sizeof<N>() >= 2) {
        sum = f64x2.add(sum, join(at + 16, v128.load(a, 16), sizeof<P>() == 2 ? v128.load(b, 16) : leaf, r1, c0, c1));
      }
      if (sizeof<N>() >= 4) {
        sum = f64x2.add(sum, join(at + 32, v128.load(a, 32), sizeof<P>() == 2 ? v128.load(b, 32) : leaf, r2, c0, c1));
      }
      if (sizeof<N>() == 4) {
        sum = f64x2.add(sum, join(at + 48, v128.load(a, 48), sizeof<P>() == 2 ? v128.load(b, 48) : leaf, r3, c0, c1));
      }
    }
    grow(node, sum, -slope);
  }
}

/** upFirst where both children are leaves: U is c0 and c1 of their values. */
function leavesFirst<N>(node: usize, at: usize, count: usize): void {
  const r0 = v128.load(rest);
  const r1 = v128.load(rest, 16);
  const r2 = v128.load(rest, 32);
  const r3 = v128.load(rest, 48);
  const width = sizeof<N>() == 16 ? vectors << 4 : sizeof<N>() == 8 ? 48 : sizeof<N>() << 4;
  const from = row;
  for (; count > 0; count--) {
    node -= 40;
    at -= width;
    const toA = goesToA(node, from);
    const b = load<f64>(node, VALUE_B);
    const gap = load<f64>(node, VALUE_A) - b;
    const step = slopeFirst(node, toA) * gap;
    const c0 = f64x2.splat(b + f64(toA) * gap);
    const c1 = f64x2.splat(step);
    let sum: v128;
    if (sizeof<N>() == 16) {
      sum = f64x2.splat(0);
      for (let k: usize = 0; k < width; k += 16) sum = f64x2.add(sum, replace(at + k, v128.load(rest + k), c0, c1));
    } else {
      sum = replace(at, r0, c0, c1);
      if (sizeof<N>() >= 2) sum = f64x2.add(sum, replace(at + 16, r1, c0, c1));
      if (sizeof<N>() >= 4) sum = f64x2.add(sum, replace(at + 32, r2, c0, c1));
      if (sizeof<N>() == 4) sum = f64x2.add(sum, replace(at + 48, r3, c0, c1));
    }
    grow(node, sum, -step);
  }
}

function addTree<N>(tree: usize): void {
  const width = vectors << 4;
  let node: usize = load<u32>(tree, TREE_NODES);
  let at = slots;
  let state = states;
  let run: usize = load<u32>(tree, TREE_RUNS);
  const runsEnd: usize = load<u32>(tree, TREE_RUNS_END);
  memory.copy(at, rest + width + 16, width);
  for (; run < runsEnd; run += 8) {
    const kind = load<u32>(run);
    const count: usize = load<u32>(run, 4);
    if ((kind & 3) == LEAVES) break;
    const size = sizeOf(kind);
    if (kind == PAIR) downFirst<N, i16>(node, at, state, count);
    else if (kind == MIXED) downFirst<N, i8>(node, at, state, count);
    else for (let i: usize = 0; i < count; i++) againDown(node + i * size, at + i * width, state + i, kind == PAIR + AGAIN);
    node += size * count;
    at += width * count;
    state += count;
  }
  node = load<u32>(tree, TREE_NODES_END);
  at = slots + <usize>load<u32>(tree, TREE_COUNT) * width;
  state = states + load<u32>(tree, TREE_COUNT);
  const runs: usize = load<u32>(tree, TREE_RUNS);
  for (run = runsEnd; run > runs;) {
    run -= 8;
    const kind = load<u32>(run);
    const size = sizeOf(kind);
    const count: usize = load<u32>(run, 4);
    if (kind == LEAVES) leavesFirst<N>(node, at, count);
    else if (kind == PAIR) upFirst<N, i16>(node, at, state, count);
    else if (kind == MIXED) upFirst<N, i8>(node, at, state, count);
    else for (let i: usize = 1; i <= count; i++) againUp(node - i * size, at - i * width, state - i, kind & 3);
    node -= size * count;
    at -= width * count;
    state -= count;
  }
}

/**
 * @param trees      descriptions of trees with at least one split
 * @param doubledRow  two numbers a column
 * @param scratch    slots of the largest tree
 * @param flags      a byte for each node of the largest tree
 * @param columnSums 16 bytes a column, zeroed; each column's sum is that of both halves
 */
export function attribute(trees: usize, count: u32, doubledRow: usize, scratch: usize, flags: usize, columnSums: usize): void {
  startRow(doubledRow, scratch, flags, columnSums);
  for (; count > 0; count--, trees += TREE_SIZE) {
    startTree(trees);
    if (vectors == 4) addTree<i32>(trees);
    else if (vectors == 3) addTree<i64>(trees);
    else if (vectors == 2) addTree<i16>(trees);
    else if (vectors == 1) addTree<i8>(trees);
    else addTree<v128>(trees);
  }
}
