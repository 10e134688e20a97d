/**
 * @jest-environment ./tests-slow/onnx/environment.mjs
 *
 * Exported models in ONNX Runtime: 10,000 rows of each, missing, infinite and at thresholds among them, against this package.
 *
 * Run     npm run test:onnx, which installs the runtime into this folder first
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { predictRow, trainForest, type FlatForest } from '../../src/forest/index.ts';
import { forestFromScikitLearn, modelToOnnx, type OnnxOptions } from '../../src/interchange/index.ts';
import { applyCalibration, readModelFolder, type ModelHeader, type RiskModel } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { syntheticTable } from '../../tests/forest/synthetic-table.ts';
import { borderRows } from '../../tests/interchange/border-rows.ts';

interface Tensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}
interface Session {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<'forest_output' | 'risk', Tensor>>;
  release(): Promise<void>;
}
/** What is used of onnxruntime-node, which is not among the package's own dependencies. */
interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: string, data: Float32Array | Float64Array, dims: readonly number[]) => Tensor;
}
const runtime = createRequire(import.meta.url)('onnxruntime-node') as Runtime;

const rowCount = 10_000;
const forms = ['tree-ensemble', 'classifier'] as const;
const cases = ['planted', 'deep', 'scikit-learn'].flatMap((name) =>
  forms.flatMap((form) => (['double', 'float32'] as const).map((precision) => ({ name, form, precision }))),
);
/** The law is 1e-6; sums of float32 and scores that are float32 come this near to it. */
const bound = ({ form, precision }: OnnxOptions): number => {
  if (precision === 'float32') return 5e-7;
  return form === 'tree-ensemble' ? 1e-14 : 1e-7;
};

describe('a model in ONNX Runtime', () => {
  const models = new Map<string, RiskModel>();
  const measured: string[] = [];

  beforeAll(async () => {
    const { model } = await readModelFolder('models/planted');
    models.set('planted', model);
    // Leaves of one row: paths as long as the limit lets them be.
    const table = syntheticTable({ rows: 12_000, columns: 8, seed: 3 });
    const { forest } = await trainForest(table, { trees: 60, maxDepth: 16, minLeafRows: 1, seed: 1, workers: 1 });
    expect(depthOf(forest)).toBe(16);
    models.set('deep', { forest, header: withColumns(model.header, 8, 60) });
    const golden = JSON.parse(readFileSync('tests/interchange/golden/missing.json', 'utf8')) as { document: unknown };
    const imported = forestFromScikitLearn(golden.document);
    models.set('scikit-learn', { forest: imported, header: withColumns(model.header, imported.featureCount, 10) });
  });
  afterAll(() => {
    process.stdout.write(`${measured.join('\n')}\n`);
  });

  test.each(cases)('$name as $form in $precision', async ({ name, form, precision }) => {
    const model = models.get(name)!;
    const { forest, header } = model;
    const rows = borderRows(randomStream(11, 0), forest, rowCount, precision === 'float32' ? Math.fround : Number);
    const session = await runtime.InferenceSession.create(modelToOnnx(model, '0'.repeat(64), { form, precision }));
    const ask = async (asked: readonly Float64Array[]): Promise<[ArrayLike<number>, ArrayLike<number>]> => {
      const { forest_output, risk } = await session.run({ features: tensorOf(asked, precision) });
      expect([forest_output.dims, risk.dims]).toEqual([
        [asked.length, 1],
        [asked.length, 1],
      ]);
      return [forest_output.data, risk.data];
    };
    const [outputs, risks] = await ask(rows);
    const furthest = [0, 0];
    const expected = rows.map((row) => predictRow(forest, row));
    expected.forEach((output, r) => {
      furthest[0] = Math.max(furthest[0]!, Math.abs(outputs[r]! - output));
      furthest[1] = Math.max(furthest[1]!, Math.abs(risks[r]! - applyCalibration(header.calibration, output)));
    });
    measured.push(`${name}, ${form}, ${precision}: forest output within ${furthest[0]}, risk within ${furthest[1]}`);
    expect(new Set(expected).size).toBeGreaterThan(1000);
    expect(Math.max(...furthest)).toBeLessThan(bound({ form, precision }));
    // One row alone takes another way through the runtime.
    for (let r = 0; r < 20; r++)
      expect(Math.abs((await ask(rows.slice(r, r + 1)))[0][0]! - expected[r]!)).toBeLessThan(bound({ form, precision }));
    await session.release();
  });
});

function tensorOf(rows: readonly Float64Array[], precision: OnnxOptions['precision']): Tensor {
  const columns = rows[0]!.length;
  const data = precision === 'double' ? new Float64Array(rows.length * columns) : new Float32Array(rows.length * columns);
  rows.forEach((row, r) => data.set(row, r * columns));
  return new runtime.Tensor(precision === 'double' ? 'float64' : 'float32', data, [rows.length, columns]);
}

function withColumns(header: ModelHeader, columns: number, trees: number): ModelHeader {
  const first = header.features[0]!;
  return {
    ...header,
    features: Array.from({ length: columns }, (_, c) => ({ ...first, name: `column_${c}` })),
    forest: { ...header.forest, trees },
  };
}

function depthOf({ treeStart, feature, left, right }: FlatForest): number {
  const depth = new Int32Array(feature.length);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node]! < 0) continue;
    depth[left[node]!] = depth[node]! + 1;
    depth[right[node]!] = depth[node]! + 1;
  }
  return treeStart.length === 1 ? 0 : depth.reduce((most, d) => Math.max(most, d), 0);
}
