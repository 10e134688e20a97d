import { describe, expect, test } from '@jest/globals';
import { predictRow, type FlatForest } from '../../src/forest/index.ts';
import { modelToOnnx, type OnnxOptions } from '../../src/interchange/index.ts';
import { applyCalibration, type CalibrationMap, type RiskModel } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, sampleHeader, sampleModel } from '../model/sample-model.ts';
import { borderRows } from './border-rows.ts';
import { elementTypes, readOnnx } from './onnx-interpreter.ts';

const forms = ['tree-ensemble', 'classifier'] as const;
const precisions = ['double', 'float32'] as const;
const every = forms.flatMap((form) => precisions.map((precision): OnnxOptions => ({ form, precision })));
const hash = '0f'.repeat(32);

/** Forest outputs and risks of the file, and those of this package. */
function compared(
  model: RiskModel,
  options: OnnxOptions,
  seed: number,
  rowCount = 120,
): { found: number[][]; expected: number[][] } {
  const { forest, header } = model;
  const float32 = options.precision === 'float32';
  const rows = borderRows(randomStream(seed, 0), forest, rowCount, float32 ? Math.fround : Number);
  const tensor = {
    type: elementTypes[options.precision],
    dims: [rows.length, forest.featureCount],
    values: rows.flatMap((row) => [...row]),
  };
  const { forest_output, risk } = readOnnx(modelToOnnx(model, hash, options)).run({ features: tensor });
  expect([forest_output!.dims, risk!.dims, risk!.type]).toEqual([[rowCount, 1], [rowCount, 1], elementTypes[options.precision]]);
  const outputs = rows.map((row) => predictRow(forest, row));
  return {
    found: [[...forest_output!.values], [...risk!.values]],
    expected: [outputs, outputs.map((output) => applyCalibration(header.calibration, output))],
  };
}

function furthest({ found, expected }: { found: number[][]; expected: number[][] }): number {
  return Math.max(...found.flatMap((list, i) => list.map((value, r) => Math.abs(value - expected[i]![r]!))));
}

describe('a model as an ONNX file', () => {
  test.each(every)('$form in $precision says what the model says', (options) => {
    const tolerance = options.precision === 'double' && options.form === 'tree-ensemble' ? 1e-14 : 5e-7;
    for (const seed of [1, 2, 3]) expect(furthest(compared(sampleModel(seed), options, seed))).toBeLessThan(tolerance);
  });

  test.each(every)('$form in $precision has trees of one leaf, and splits on missing alone', (options) => {
    const forest: FlatForest = {
      featureCount: 6,
      treeStart: Int32Array.of(0, 1, 4, 5),
      feature: Int32Array.of(-1, 5, -1, -1, -1),
      threshold: Float64Array.of(0, Number.MAX_VALUE, 0, 0, 0),
      missingLeft: new Uint8Array(5),
      left: Int32Array.of(-1, 2, -1, -1, -1),
      right: Int32Array.of(-1, 3, -1, -1, -1),
      value: Float64Array.of(0.25, 0.5, 0.125, 0.875, 1),
      cover: Float64Array.of(4, 4, 2, 2, 4),
    };
    const result = compared({ header: sampleHeader(3), forest }, options, 4, 40);
    expect(new Set(result.expected[0]).size).toBe(2);
    expect(furthest(result)).toBeLessThan(1e-7);
  });

  test('float32 thresholds decide as double ones where the nearest float32 would not', () => {
    const forest = randomForest(5, 20);
    // Between two float32, nearer to the upper: rounding to the nearest would send that one left.
    forest.threshold.fill(1 + 0.75 * 2 ** -23);
    const upper = Float64Array.from({ length: 6 }, () => 1 + 2 ** -23);
    for (const form of forms) {
      const file = readOnnx(modelToOnnx({ header: sampleHeader(20), forest }, hash, { form, precision: 'float32' }));
      const { forest_output } = file.run({ features: { type: elementTypes.float32, dims: [1, 6], values: [...upper] } });
      expect(forest_output!.values[0]).toBeCloseTo(predictRow(forest, upper), 6);
    }
  });

  const { calibration } = sampleHeader(8);
  test.each<[string, Partial<CalibrationMap>]>([
    ['isotonic steps', { steps: { risk: [0.2, 0.35, 0.5, 0.6, 0.61], value: [0.1, 0.1, 0.4, 0.41, 0.9] } }],
    ['one isotonic step', { steps: { risk: [0.3], value: [0.12] } }],
    ['a steep line', { intercept: -3, slope: 6 }],
    ['the identity', { kind: 'identity', intercept: 0, slope: 1, epsilon: 1e-9 }],
  ])('the risk is computed in the graph: %s', (_, change) => {
    const model = { ...sampleModel(6), header: { ...sampleHeader(8), calibration: { ...calibration, ...change } } };
    const result = compared(model, { form: 'tree-ensemble', precision: 'double' }, 7);
    expect(furthest(result)).toBeLessThan(1e-12);
  });

  test('says what it is, and tells of no patient', () => {
    const { forest, header } = sampleModel();
    const told = {
      ...header,
      training: { ...header.training, patientHashes: ['00112233aabbccdd'], patientSalt: 'ab'.repeat(32) },
    };
    for (const options of every) {
      const bytes = modelToOnnx({ header: told, forest }, hash, options);
      const { metadata, inputs, outputs, operators } = readOnnx(bytes);
      const type = elementTypes[options.precision];
      expect(inputs).toEqual([{ name: 'features', type, dims: ['N', 6] }]);
      expect(outputs).toEqual(['forest_output', 'risk'].map((name) => ({ name, type, dims: ['N', 1] })));
      expect(metadata).toMatchObject({
        model_name: 'sample',
        model_sha256: hash,
        code_version: header.codeVersion,
        feature_hash: header.featureHash,
      });
      expect(JSON.parse(metadata['feature_names']!)).toEqual(header.features.map(({ name }) => name));
      expect(JSON.parse(metadata['calibration']!)).toEqual(header.calibration);
      expect(operators['ai.onnx.ml']).toBe(options.form === 'tree-ensemble' ? 5 : options.precision === 'double' ? 3 : 1);
      const text = Buffer.from(bytes).toString('latin1');
      expect(text).not.toContain('00112233aabbccdd');
      expect(text).not.toContain('patientSalt');
      expect(text).toContain('not for care');
    }
  });

  test('the same model gives the same bytes', () => {
    const [a, b] = [sampleModel(), sampleModel()].map((model) => modelToOnnx(model, hash, every[0]!));
    expect(Buffer.compare(a!, b!)).toBe(0);
  });
});
