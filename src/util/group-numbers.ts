/**
 * Ids as group numbers, for arrays: equal ids get the same number, 0 upwards in the order of the sorted ids, so that the order of
 * rows changes nothing.
 */
export function groupNumbers(ids: readonly string[]): Int32Array {
  const number = new Map([...new Set(ids)].sort().map((id, i) => [id, i] as const));
  return Int32Array.from(ids, (id) => number.get(id) as number);
}
