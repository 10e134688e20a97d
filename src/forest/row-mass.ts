/**
 * Row mass: what one in-bag row adds to a histogram cell, packed so that one addition counts three things.
 *
 * Packed  distinct rows (17 bits) + weight (18 bits) * 2^17 + weight with the event (18 bits) * 2^35, together a whole number below
 *         2^53, so sums of doubles are exact. Rows are therefore summed in stretches no longer than `stretch` says
 */
const weightUnit = 2 ** 17;
const positiveUnit = 2 ** 35;
const rowLimit = 2 ** 17 - 1;
const weightLimit = 2 ** 18 - 1;

/** The packed mass of one row drawn `weight` times (whole number). */
export function packRow(weight: number, outcome: number): number {
  return 1 + weight * weightUnit + outcome * weight * positiveUnit;
}

export function packedPositive(sum: number): number {
  return Math.floor(sum / positiveUnit);
}

/** @param positive  packedPositive(sum), which the caller has already */
export function packedWeight(sum: number, positive: number): number {
  return Math.floor((sum - positive * positiveUnit) / weightUnit);
}

export function packedRows(sum: number, positive: number, weight: number): number {
  return sum - positive * positiveUnit - weight * weightUnit;
}

/** How many rows can be summed before a field could overflow, given the largest weight of a row. */
export function stretch(maxWeight: number): number {
  return Math.min(rowLimit, Math.floor(weightLimit / maxWeight));
}
