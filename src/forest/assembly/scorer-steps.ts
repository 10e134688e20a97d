/**
 * What every node of a tree needs in ./scorer-attribution.ts: which way the row goes, D for its children, U from them.
 */
import { COLUMN, SLOT, THRESHOLD, TREE_QUADRATURE, TREE_VECTORS } from './scorer-layout';

/** Of the tree at hand. */
export let vectors: usize = 0;
export let rest: usize = 0;
export let row: usize = 0;
export let slots: usize = 0;
/** Per node: bit 0 where the row follows A, bit 1 where it follows B; none where it has left at this column. */
export let states: usize = 0;
export let sums: usize = 0;

/** @see attribute (./scorer-attribution.ts) */
export function startRow(doubledRow: usize, scratch: usize, flags: usize, columnSums: usize): void {
  row = doubledRow;
  slots = scratch;
  states = flags;
  sums = columnSums;
}

export function startTree(tree: usize): void {
  vectors = load<u32>(tree, TREE_VECTORS);
  rest = load<u32>(tree, TREE_QUADRATURE);
}

/** 1 where the row goes to child A. */
export function goesToA(node: usize, row: usize): u32 {
  const slot = load<u32>(node, SLOT);
  return u32(load<f64>(row + (slot & ~7)) <= load<f64>(node, THRESHOLD)) ^ (slot & 1);
}

/** D of child A and, where the type has 2 bytes, of child B. */
export function spread<P>(from: usize, a: usize, b: usize, q: v128, c0: v128, c1: v128): void {
  const d = v128.load(from);
  const part = f64x2.mul(d, f64x2.add(c0, f64x2.mul(c1, q)));
  v128.store(a, part);
  if (sizeof<P>() == 2) v128.store(b, f64x2.sub(d, part));
}

/** U at `at`, where D was; returns D (UA - UB). */
export function join(at: usize, ua: v128, ub: v128, q: v128, c0: v128, c1: v128): v128 {
  const gap = f64x2.sub(ua, ub);
  const part = f64x2.mul(v128.load(at), gap);
  v128.store(at, f64x2.add(ub, f64x2.mul(gap, f64x2.add(c0, f64x2.mul(c1, q)))));
  return part;
}

/** Adds to the sum of the node's column. */
export function grow(node: usize, part: v128, weight: f64): void {
  const sum = sums + load<u32>(node, COLUMN);
  v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(part, f64x2.splat(weight))));
}
