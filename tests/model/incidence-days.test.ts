/** Which days of an incidence curve are told. */
import { describe, expect, it } from '@jest/globals';
import { toldDays, toldIncidence } from '../../src/model/index.ts';

const curve = (days: readonly number[]) => [
  { state: 'unplanned', points: days.map((day) => ({ day, estimate: day / 100, lower: null, upper: null })) },
];
const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, day) => day);

describe('told days', () => {
  it.each([
    [30, [7, 14, 30]],
    [90, [7, 14, 30, 90]],
    [14, [7, 14]],
    [10, [7, 10]],
    [1, [1]],
  ])('of a horizon of %i days', (horizon, days) => {
    expect(toldDays(horizon)).toEqual(days);
    expect(toldIncidence(curve(upTo(horizon)))).toEqual(curve(days));
  });

  it('are all there are where only those were computed, and none of nothing', () => {
    expect(toldIncidence(curve([7, 14, 30]))).toEqual(curve([7, 14, 30]));
    expect(toldIncidence(curve([]))).toEqual(curve([]));
    expect(toldIncidence([])).toEqual([]);
  });
});
