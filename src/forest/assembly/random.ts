/**
 * Seeded random numbers, the same stream as util/random.ts: xoshiro128** seeded by splitmix32 of (seed, stream). One stream per thread at a time.
 *
 * Source  Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators", arXiv:1805.01407
 */
let a: u32 = 0;
let b: u32 = 0;
let c: u32 = 0;
let d: u32 = 0;
let mixed: u32 = 0;

function splitmix32(): u32 {
  mixed += 0x9e3779b9;
  let z = mixed;
  z = (z ^ (z >>> 16)) * 0x85ebca6b;
  z = (z ^ (z >>> 13)) * 0xc2b2ae35;
  return z ^ (z >>> 16);
}

export function startStream(seed: u32, stream: u32): void {
  mixed = seed;
  mixed = splitmix32() ^ ((stream + 1) * 0x9e3779b1);
  a = splitmix32();
  b = splitmix32();
  c = splitmix32();
  d = splitmix32() | 1;
}

function uint32(): u32 {
  const result = rotl<u32>(b * 5, 7) * 9;
  const t = b << 9;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= t;
  d = rotl<u32>(d, 11);
  return result;
}

/** The number of 32-bit draws, counted from 0, that `below` keeps; 0 stands for all of them. */
export function keptDraws(bound: u32): u32 {
  return <u32>(0x100000000 - (0x100000000 % <u64>bound));
}

/** Uniform in [0, bound) without modulo bias. @param kept  keptDraws(bound) */
export function belowKept(bound: u32, kept: u32): u32 {
  let draw = uint32();
  while (kept != 0 && draw >= kept) draw = uint32();
  return draw % bound;
}

export function below(bound: u32): u32 {
  return belowKept(bound, keptDraws(bound));
}
