/**
 * The steps of ./attribution-reference.ts over the quadrature points of one node: D divided among two children, their U joined.
 *
 * In      `down` and `up` hold D and U of a node at `at`, of its followed child at `followed`, of the other at `other`, `count` numbers each
 * Terms   rest is 1 - t per point; zp and zc are shares as there; h = 1 - (1 - zp) rest equals zp + t (1 - zp)
 * Choice  the followed child's D is what the other leaves, because the two factors add up to 1
 */

/** The row left at this column above: children share D by cover. */
export function divide(down: Float64Array, at: number, followed: number, other: number, count: number, ratio: number): void {
  for (let k = 0; k < count; k++) {
    const d = down[at + k]!;
    const part = d * ratio;
    down[other + k] = part;
    down[followed + k] = d - part;
  }
}

export function join(up: Float64Array, at: number, followed: number, other: number, count: number, ratio: number): void {
  for (let k = 0; k < count; k++) {
    const u = up[followed + k]!;
    up[at + k] = u - ratio * (u - up[other + k]!);
  }
}

/** A column new to the path: h = 1. */
export function divideFirst(
  down: Float64Array,
  at: number,
  followed: number,
  other: number,
  count: number,
  rest: Float64Array,
  zc: number,
): void {
  for (let k = 0; k < count; k++) {
    const d = down[at + k]!;
    const part = d * zc * rest[k]!;
    down[other + k] = part;
    down[followed + k] = d - part;
  }
}

export function joinFirst(
  down: Float64Array,
  up: Float64Array,
  at: number,
  followed: number,
  other: number,
  count: number,
  rest: Float64Array,
  zc: number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const u = up[followed + k]!;
    const gap = u - up[other + k]!;
    sum += down[at + k]! * gap;
    up[at + k] = u - zc * rest[k]! * gap;
  }
  return sum;
}

/** joinFirst where both children are leaves. */
export function joinLeaves(
  down: Float64Array,
  up: Float64Array,
  at: number,
  count: number,
  rest: Float64Array,
  zc: number,
  followedValue: number,
  otherValue: number,
): number {
  const gap = followedValue - otherValue;
  const step = zc * gap;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += down[at + k]!;
    up[at + k] = followedValue - step * rest[k]!;
  }
  return sum * gap;
}

/** A column met before on this path and followed there. */
export function divideAgain(
  down: Float64Array,
  at: number,
  followed: number,
  other: number,
  count: number,
  rest: Float64Array,
  zc: number,
  zp: number,
): void {
  for (let k = 0; k < count; k++) {
    const d = down[at + k]!;
    const part = (d * zc * rest[k]!) / (1 - (1 - zp) * rest[k]!);
    down[other + k] = part;
    down[followed + k] = d - part;
  }
}

export function joinAgain(
  down: Float64Array,
  up: Float64Array,
  at: number,
  followed: number,
  other: number,
  count: number,
  rest: Float64Array,
  zc: number,
  zp: number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const undo = 1 / (1 - (1 - zp) * rest[k]!);
    const u = up[followed + k]!;
    const gap = (u - up[other + k]!) * undo;
    sum += down[at + k]! * undo * gap;
    up[at + k] = u - zc * rest[k]! * gap;
  }
  return sum;
}
