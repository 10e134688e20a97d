/**
 * Thresholds between double and float32: which number asks the same of every value of the other precision.
 *
 * Why     a row may be rounded to float32 before it is compared (scikit-learn does, and so does whoever feeds a float32 graph); a threshold that is
 *         merely rounded to the nearest then sends the value at its border the other way
 * Law     roundedThreshold: for every float32 x, x <= t exactly when x <= roundedThreshold(t)
 *         widenedThreshold: for every double x, fround(x) <= t exactly when x <= widenedThreshold(t); rounding never swaps two numbers, so there is
 *         such a border
 */
import { nextBelow } from '../util/adjacent-double.ts';

const view = new DataView(new ArrayBuffer(4));
const FLOAT32_MAX = 2 ** 128 - 2 ** 104;

/** The largest float32 that is not above t; -Infinity below the least finite one. */
export function roundedThreshold(t: number): number {
  const near = Math.fround(t);
  return near > t ? nextFloat32(near, -1) : near;
}

/** The largest finite double x with fround(x) <= t. @param t  not NaN, not -Infinity */
export function widenedThreshold(t: number): number {
  if (t >= FLOAT32_MAX) return Number.MAX_VALUE;
  const below = roundedThreshold(t);
  const above = nextFloat32(below, 1);
  // Both are multiples of the finer one's last place, so that their middle is a double; -Infinity stands for the float32 it would be.
  const middle = below / 2 + above / 2;
  const border = Number.isFinite(middle) ? middle : -(2 ** 128 - 2 ** 103);
  return Math.fround(border) <= t ? border : nextBelow(border);
}

/** The float32 beside x. @param x  a float32, not NaN */
function nextFloat32(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * 2 ** -149;
  view.setFloat32(0, x);
  const bits = view.getUint32(0);
  view.setUint32(0, x > 0 === direction > 0 ? bits + 1 : bits - 1);
  return view.getFloat32(0);
}
