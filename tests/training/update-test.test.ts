/** Which update the local discharges call for: planted departures are found, none is made up, and the tests are those of the likelihood. */
import { describe, expect, it } from '@jest/globals';
import { updateTest } from '../../src/training/update-test.ts';
import { randomStream } from '../../src/util/random.ts';

/** Outcomes of a true risk whose log odds are a + b times those of the risk that was told. */
function site(a: number, b: number, rows = 4000): { outcome: Uint8Array; risk: Float64Array } {
  const stream = randomStream(5, 0);
  const logit = Float64Array.from({ length: rows }, () => -2 + 2.4 * (stream.uniform() - 0.5));
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  return { outcome: Uint8Array.from(logit, (x) => (stream.uniform() < sigmoid(a + b * x) ? 1 : 0)), risk: logit.map(sigmoid) };
}
const found = ({ outcome, risk }: ReturnType<typeof site>) => updateTest(outcome, risk);

describe('updateTest', () => {
  it('calls for nothing where the risks are right, for the level where they are too low, for both where they are too extreme', () => {
    expect(found(site(0, 1))?.supported).toBe('none');
    expect(found(site(0.8, 1))?.supported).toBe('intercept');
    expect(found(site(-0.4, 0.4))?.supported).toBe('slope');
  });

  it('gives the p values of the likelihood ratio, by a table of two groups', () => {
    // Two risks only: the fit of level and slope is each group's share.
    const groups = [
      { risk: 0.1, rows: 100, events: 20 },
      { risk: 0.3, rows: 100, events: 40 },
    ];
    const outcome = Uint8Array.from(
      groups.flatMap(({ rows, events }) => Array.from({ length: rows }, (_, i) => (i < events ? 1 : 0))),
    );
    const risk = Float64Array.from(groups.flatMap(({ rows, risk: p }) => Array.from({ length: rows }, () => p)));
    const deviance = groups.reduce((sum, { rows, events, risk: p }) => {
      const share = events / rows;
      return sum + 2 * (events * Math.log(share / p) + (rows - events) * Math.log((1 - share) / (1 - p)));
    }, 0);
    // The upper tail of the chi-square distribution with two degrees is exp(-x / 2).
    expect(updateTest(outcome, risk)?.pUpdate).toBeCloseTo(Math.exp(-deviance / 2), 9);
  });

  it('has no answer where no finite fit exists', () => {
    expect(updateTest(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4))).toBeNull();
  });
});
