/**
 * Seeded random numbers: one stream per (seed, stream number), so that work split over any number of workers draws the same.
 *
 * Generator  xoshiro128** seeded by splitmix32 of (seed, stream)
 * Source     Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators", arXiv:1805.01407
 */
export interface RandomStream {
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), bound in 1..2^32-1, without modulo bias. */
  below(bound: number): number;
}

function splitmix32(state: number): () => number {
  let s = state >>> 0;
  return () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}

/**
 * @param seed    unsigned 32-bit integer, the run's seed
 * @param stream  unsigned 32-bit integer, the number of the tree, fold or resample that draws
 */
export function randomStream(seed: number, stream: number): RandomStream {
  const mixSeed = splitmix32(seed);
  const next = splitmix32((mixSeed() ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0);
  let a = next();
  let b = next();
  let c = next();
  let d = next() | 1;
  const uint32 = (): number => {
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    uint32,
    uniform: () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992,
    below(bound: number): number {
      const limit = 4294967296 - (4294967296 % bound);
      let draw = uint32();
      while (draw >= limit) draw = uint32();
      return draw % bound;
    },
  };
}
