/**
 * Packed counts: distinct rows, weight and weight with the event in one u64 of 21 bits each, so that one addition counts three things.
 *
 * Limit  sums stay apart as long as the weight summed is below 2^21; whoever adds sees to that. A row's weight is at least its one row
 */
const field: u64 = 0x1fffff;

export function packedRows(sum: u64): u32 {
  return <u32>(sum & field);
}

export function packedWeight(sum: u64): u32 {
  return <u32>((sum >>> 21) & field);
}

export function packedPositive(sum: u64): u32 {
  return <u32>(sum >>> 42);
}

/** One row drawn `times` times. @param label  0 or 1 */
export function packRow(times: u32, label: u32): u64 {
  return 1 | ((<u64>times) << 21) | ((<u64>(times * label)) << 42);
}
