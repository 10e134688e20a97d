/**
 * A node whose column was met before on the path: its factor divides out that of the column's last edge, or the row has left there
 * (./scorer-attribution.ts).
 */
import { CHILD_A, CHILD_B, EARLIER, LEAVES, PAIR, SHARE_A, SHARE_BEFORE, VALUE_A, VALUE_B } from './scorer-layout';
import { goesToA, grow, join, rest, row, slots, spread, states, vectors } from './scorer-steps';

/** Whether the row followed this column's last edge. */
function isOn(node: usize): u32 {
  const earlier = load<u32>(node, EARLIER);
  return (load<u8>(states + (earlier >> 1)) >> u8(earlier & 1)) & 1;
}

/** The D of inner children, and the node's own state. */
export function againDown(node: usize, at: usize, state: usize, isPair: bool): void {
  const on = isOn(node);
  const toA = goesToA(node, row);
  store<u8>(state, u8((2 - toA) & (0 - on)));
  const shareA = load<f64>(node, SHARE_A);
  const before = load<f64>(node, SHARE_BEFORE);
  const c0 = f64x2.splat(on & toA ? 1 : 0);
  const c1 = f64x2.splat(on ? shareA - (toA ? before : 0) : shareA / before);
  const mask = i64x2.splat(0 - i64(on));
  const one = f64x2.splat(1);
  const left = f64x2.splat(1 - before);
  const a = slots + <usize>load<u32>(node, CHILD_A) * (vectors << 4);
  const b: usize = isPair ? slots + <usize>load<u32>(node, CHILD_B) * (vectors << 4) : 0;
  for (let k: usize = 0; k < vectors << 4; k += 16) {
    const r = v128.load(rest + k);
    const q = f64x2.div(v128.bitselect(r, one, mask), f64x2.sub(one, v128.and(mask, f64x2.mul(left, r))));
    if (isPair) spread<i16>(at + k, a + k, b + k, q, c0, c1);
    else spread<i8>(at + k, a + k, 0, q, c0, c1);
  }
}

/** The U of a node, and what it adds to its column. */
export function againUp(node: usize, at: usize, state: usize, kind: u32): void {
  const on = isOn(node);
  const toA = kind == LEAVES ? goesToA(node, row) : u32(load<u8>(state) & 1);
  const shareA = load<f64>(node, SHARE_A);
  const before = load<f64>(node, SHARE_BEFORE);
  const slope = on ? shareA - (toA ? before : 0) : shareA / before;
  const c0 = f64x2.splat(on & toA ? 1 : 0);
  const c1 = f64x2.splat(slope);
  const mask = i64x2.splat(0 - i64(on));
  const one = f64x2.splat(1);
  const left = f64x2.splat(1 - before);
  const a: usize = kind == LEAVES ? 0 : slots + <usize>load<u32>(node, CHILD_A) * (vectors << 4);
  const b: usize = kind == PAIR ? slots + <usize>load<u32>(node, CHILD_B) * (vectors << 4) : 0;
  const leafA = f64x2.splat(kind == LEAVES ? load<f64>(node, VALUE_A) : 0);
  const leafB = f64x2.splat(kind == PAIR ? 0 : load<f64>(node, VALUE_B));
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < vectors << 4; k += 16) {
    const r = v128.load(rest + k);
    const undo = f64x2.div(one, f64x2.sub(one, v128.and(mask, f64x2.mul(left, r))));
    const q = f64x2.mul(v128.bitselect(r, one, mask), undo);
    const ua = kind == LEAVES ? leafA : v128.load(a + k);
    const ub = kind == PAIR ? v128.load(b + k) : leafB;
    sum = f64x2.add(sum, f64x2.mul(f64x2.mul(undo, undo), join(at + k, ua, ub, q, c0, c1)));
  }
  grow(node, sum, on ? -slope : 0);
}
