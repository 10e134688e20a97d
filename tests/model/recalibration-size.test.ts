/** When a recalibration rests on too few events: both edges of each bound, and the method that asks less. */
import { expect, it } from '@jest/globals';
import { sizeCaution } from '../../src/model/index.ts';

it.each([
  ['intercept', 500, 20, null],
  ['slope', 500, 99, 'intercept'],
  ['slope', 500, 100, null],
  ['isotonic', 500, 99, 'intercept'],
  ['isotonic', 500, 100, 'slope'],
  ['isotonic', 500, 199, 'slope'],
  ['isotonic', 500, 200, null],
  // Few without the outcome are as few as few with it.
  ['slope', 500, 450, 'intercept'],
] as const)('%s on %i discharges with %i events: use %s', (method, rows, events, other) => {
  const caution = sizeCaution({ method, rows, events });
  if (other === null) expect(caution).toBeNull();
  else expect(caution).toContain(`--method ${other}`);
});

it('says how many there are, and of which outcome', () => {
  expect(sizeCaution({ method: 'slope', rows: 300, events: 22 })).toMatch(
    /^22 discharges with the outcome are few for --method slope: 100 /,
  );
  expect(sizeCaution({ method: 'slope', rows: 60, events: 40 })).toMatch(/^20 discharges without the outcome/);
});
