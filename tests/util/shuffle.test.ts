/** Shuffling: nothing lost, every order alike, the same for the same stream. */
import { describe, expect, it } from '@jest/globals';
import { randomStream } from '../../src/util/random.ts';
import { shuffle } from '../../src/util/shuffle.ts';

describe('shuffle', () => {
  it('keeps what is in the list, in place, and repeats itself for a seed', () => {
    const list = Int32Array.from({ length: 50 }, (_, i) => i);
    const dealt = shuffle(list.slice(), randomStream(3, 1));
    expect(dealt).not.toEqual(list);
    expect(dealt.slice().sort()).toEqual(list);
    expect(shuffle([...list], randomStream(3, 1))).toEqual([...dealt]);
    const own = ['a', 'b'];
    expect(shuffle(own, randomStream(3, 1))).toBe(own);
  });

  it('gives every order of three about as often', () => {
    const counts = new Map<string, number>();
    for (let deal = 0; deal < 6000; deal += 1) {
      const order = shuffle([1, 2, 3], randomStream(7, deal)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Four standard deviations of 1,000 expected.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(6000 / 6));
  });
});
