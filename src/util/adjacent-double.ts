/**
 * The doubles beside a double: what lies between a number and its neighbour is nothing.
 */

/** The largest double below x (finite). */
export function nextBelow(x: number): number {
  return x === 0 ? -Number.MIN_VALUE : moved(x, x > 0 ? -1n : 1n);
}

/** The smallest double above x (finite). */
export function nextAbove(x: number): number {
  return -nextBelow(-x);
}

/** Of one sign, doubles are ordered as their bits are. */
function moved(x: number, by: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + by);
  return view.getFloat64(0);
}
