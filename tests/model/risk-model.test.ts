import { describe, expect, test } from '@jest/globals';
import { bandOf, chooseBands, requireFeatureSchema } from '../../src/model/index.ts';
import { errorCode, sampleModel } from './sample-model.ts';

const model = sampleModel();
const names = model.header.features.map((f) => f.name);
const hash = model.header.featureHash;

describe('feature schema', () => {
  test('the same names, order and definitions pass', () => {
    expect(() => requireFeatureSchema(model, names, hash)).not.toThrow();
  });

  test.each<[string, string[], string, RegExp]>([
    [
      'order',
      ['feature_0', 'feature_2', 'feature_1', ...names.slice(3)],
      hash,
      /column 1: model "feature_1", this build "feature_2"/,
    ],
    ['one more', [...names, 'feature_6'], hash, /expects 6 features .* makes 7 .*column 6: model "none", this build "feature_6"/],
    ['one fewer', names.slice(0, 5), hash, /column 5: model "feature_5", this build "none"/],
    ['a definition', names, '12'.repeat(32), /abababab.*12121212.*a definition differs.*release 0\.1\.0/],
  ])('%s', async (_title, found, foundHash, message) => {
    expect(() => requireFeatureSchema(model, found, foundHash)).toThrow(message);
    expect(await errorCode(() => requireFeatureSchema(model, found, foundHash))).toBe('MODEL_SCHEMA_MISMATCH');
  });
});

describe('bands', () => {
  test('both edges', () => {
    const { header } = model;
    expect([0, 0.0899999, 0.09, 0.2099999, 0.21, 1].map((r) => bandOf(header, r))).toEqual([
      'low',
      'low',
      'moderate',
      'moderate',
      'high',
      'high',
    ]);
  });

  test('refuses what is no risk', async () => {
    for (const r of [NaN, -0.1, 1.1]) expect(await errorCode(() => bandOf(model.header, r))).toBe('MODEL_RISK_RANGE');
  });

  test('the high band is the tenth with the highest risk, the moderate one begins at the base rate', () => {
    const risk = Float64Array.from({ length: 200 }, (_, i) => ((i * 77) % 200) / 400);
    const outcome = Uint8Array.from(risk, (r, i) => (r >= 0.45 ? i % 2 : r >= 0.2 && i % 8 === 0 ? 1 : 0));
    const bands = chooseBands(outcome, risk, 0.2);
    expect(bands.map((b) => [b.name, b.from])).toEqual([
      ['low', 0],
      ['moderate', 0.2],
      ['high', 0.45],
    ]);
    const events = outcome.reduce((sum, o) => sum + o, 0);
    const high = outcome.reduce((sum, o, i) => sum + (risk[i]! >= 0.45 ? o : 0), 0);
    expect(bands[2]!.meaning).toContain(
      `10 % of discharges, ${Number(((100 * high) / 20).toPrecision(3))} % readmitted (${high} of 20)`,
    );
    expect(bands[2]!.meaning).toContain(`${Number(((100 * high) / events).toPrecision(3))} % of all readmissions`);
    // None of the 80 low risks has the event: told with the moderate ones.
    const together = `${events - high} of 180`;
    expect(bands[0]!.meaning).toBe(
      `below 20 %; validation (with moderate, as one of them alone has too few to tell): 90 % of discharges, ${Number(((100 * (events - high)) / 180).toPrecision(3))} % readmitted (${together}), ${Number(((100 * (events - high)) / events).toPrecision(3))} % of all readmissions`,
    );
    expect(bands[1]!.meaning).toContain(`(with low, as one of them alone has too few to tell): 90 % of discharges`);
    expect(bands[1]!.meaning).toContain(together);
  });

  test('equal risks are not divided: above them when they straddle the tenth, with them when they are the topmost', () => {
    const straddle = Float64Array.from({ length: 100 }, (_, i) => (i < 3 ? 0.5 : i < 40 ? 0.3 : 0.1));
    expect(chooseBands(new Uint8Array(100), straddle, 0.2).at(-1)!.from).toBe(0.5);
    const topmost = Float64Array.from({ length: 100 }, (_, i) => (i < 40 ? 0.3 : 0.1));
    expect(chooseBands(new Uint8Array(100), topmost, 0.2).at(-1)!.from).toBe(0.3);
  });

  test('no moderate band where the base rate lies above the high threshold; one band where all risks are equal', () => {
    const risk = Float64Array.from({ length: 100 }, (_, i) => i / 1000);
    expect(chooseBands(new Uint8Array(100), risk, 0.5).map((b) => b.name)).toEqual(['low', 'high']);
    expect(chooseBands(new Uint8Array(9), new Float64Array(9).fill(0.2), 0.2).map((b) => [b.name, b.from])).toEqual([
      ['undivided', 0],
    ]);
  });

  test('refusals', async () => {
    expect(await errorCode(() => chooseBands(new Uint8Array(0), new Float64Array(0), 0.1))).toBe('MODEL_BANDS_INPUT');
    expect(await errorCode(() => chooseBands(new Uint8Array(1), Float64Array.of(NaN), 0.1))).toBe('MODEL_BANDS_INPUT');
  });
});
