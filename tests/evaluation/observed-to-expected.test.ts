/** Observed to expected by hand, with weights, and without a value where nothing is expected. */
import { expect, it } from '@jest/globals';
import { observedToExpectedStatistic } from '../../src/evaluation/index.ts';

it('is events over the sum of risks, each row as often as it counts', () => {
  const measure = observedToExpectedStatistic(Uint8Array.of(1, 0, 1), Float64Array.of(0.5, 0.1, 0.2));
  expect(measure(Float64Array.of(1, 1, 1))).toBeCloseTo(2 / 0.8, 12);
  expect(measure(Float64Array.of(0, 3, 2))).toBeCloseTo(2 / 0.7, 12);
  expect(measure(Float64Array.of(0, 0, 0))).toBeNaN();
});
