/** Intervals of a calibrated risk: coverage of a known risk, whole patients drawn, the same for any order of rows. */
import { describe, expect, it } from '@jest/globals';
import { fitRiskIntervals, MINIMUM_INTERVAL_EVENTS, RiskIntervalSchema, riskIntervalAt } from '../../src/model/risk-interval.ts';
import { vennAbersAt } from '../../src/model/venn-abers.ts';
import { randomStream } from '../../src/util/random.ts';

interface Sample {
  readonly outcome: Uint8Array;
  readonly output: Float64Array;
  readonly groups: Int32Array;
}

/** True risk is 0.7 of the output, so that no interval may simply follow the output. */
const trueRisk = (output: number): number => 0.7 * output;

function sample(seed: number, rows: number, patients = rows): Sample {
  const random = randomStream(seed, 0);
  const output = Float64Array.from({ length: rows }, () => Math.round(1000 * (0.05 + 0.5 * random.uniform())) / 1000);
  return {
    output,
    outcome: Uint8Array.from(output, (x) => Number(random.uniform() < trueRisk(x))),
    groups: Int32Array.from({ length: rows }, (_, i) => i % patients),
  };
}

const fit = ({ outcome, output, groups }: Sample, seed = 1, draws = 200) =>
  fitRiskIntervals(outcome, output, groups, { seed, draws })!;

describe('fitRiskIntervals', () => {
  it('holds the true risk at 95 in 100 samples or more, at every place looked at', () => {
    const places = [0.1, 0.2, 0.3, 0.4, 0.5];
    const samples = 60;
    const held = places.map(() => 0);
    for (let s = 0; s < samples; s++) {
      const intervals = fit(sample(s, 800), s, 100);
      places.forEach((at, i) => {
        const { low, high } = riskIntervalAt(intervals, at);
        if (trueRisk(at) >= low && trueRisk(at) <= high) held[i]! += 1;
      });
    }
    // Binomial(60, 0.95) is below 52 with a chance of 0.5 % at each place.
    for (const count of held) expect(count).toBeGreaterThanOrEqual(52);
  });

  it('is not so wide as to say nothing, and narrows with the sample', () => {
    const width = (rows: number): number => {
      const { low, high } = riskIntervalAt(fit(sample(3, rows)), 0.3);
      return high - low;
    };
    expect(width(4000)).toBeLessThan(0.15);
    expect(width(4000)).toBeLessThan(0.8 * width(400));
  });

  it('rises with the output, lies in [0, 1] and reads back through the schema', () => {
    const intervals = RiskIntervalSchema.parse(JSON.parse(JSON.stringify(fit(sample(5, 600)))));
    const steps = Array.from({ length: 101 }, (_, k) => riskIntervalAt(intervals, k / 100));
    for (let k = 1; k < steps.length; k++) {
      expect(steps[k]!.low).toBeGreaterThanOrEqual(steps[k - 1]!.low);
      expect(steps[k]!.high).toBeGreaterThanOrEqual(steps[k - 1]!.high);
    }
    expect(steps.every(({ low, high }) => low >= 0 && low <= high && high <= 1)).toBe(true);
  });

  it('carries the Venn-Abers pair and the discharges behind it', () => {
    const intervals = fit(sample(7, 500));
    const { low, high, discharges } = vennAbersAt(intervals.vennAbers, 0.3);
    expect(riskIntervalAt(intervals, 0.3)).toMatchObject({
      vennAbers: { low, high },
      comparableDischarges: discharges,
      level: 0.95,
    });
    expect(discharges).toBeGreaterThan(20);
  });

  it('draws whole patients: copies of each discharge under the same patient change nothing of the width', () => {
    const once = sample(9, 400);
    const twice: Sample = {
      outcome: Uint8Array.from([...once.outcome, ...once.outcome]),
      output: Float64Array.from([...once.output, ...once.output]),
      groups: Int32Array.from([...once.groups, ...once.groups]),
    };
    const width = (s: Sample): number => {
      const { low, high } = riskIntervalAt(fit(s, 1, 400), 0.3);
      return high - low;
    };
    expect(Math.abs(width(twice) / width(once) - 1)).toBeLessThan(0.1);
    const strangers = { ...twice, groups: Int32Array.from(twice.groups.keys()) };
    expect(width(strangers)).toBeLessThan(0.9 * width(once));
  });

  it('does not depend on the order of the rows', () => {
    const given = sample(11, 300, 120);
    const order = [...given.output.keys()].reverse();
    const shuffled: Sample = {
      outcome: Uint8Array.from(order, (i) => given.outcome[i]!),
      output: Float64Array.from(order, (i) => given.output[i]!),
      groups: Int32Array.from(order, (i) => given.groups[i]!),
    };
    expect(fit(shuffled)).toEqual(fit(given));
  });

  it('says nothing where events are too few', () => {
    const rows = 200;
    const outcome = Uint8Array.from({ length: rows }, (_, i) => Number(i < MINIMUM_INTERVAL_EVENTS - 1));
    const output = new Float64Array(rows).fill(0.1);
    expect(fitRiskIntervals(outcome, output, Int32Array.from(output.keys()), { seed: 1 })).toBeUndefined();
    outcome[MINIMUM_INTERVAL_EVENTS] = 1;
    expect(fitRiskIntervals(outcome, output, Int32Array.from(output.keys()), { seed: 1 })).toBeDefined();
  });

  it('refuses patients of another number than outcomes', () => {
    const { outcome, output } = sample(1, 50);
    expect(() => fitRiskIntervals(outcome, output, new Int32Array(3), { seed: 1 })).toThrow(
      expect.objectContaining({ code: 'MODEL_CALIBRATION_INPUT' }),
    );
  });
});
