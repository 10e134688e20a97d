import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportCommand } from '../../src/cli/commands/export.ts';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import { importCommand } from '../../src/cli/commands/import.ts';
import { readOnnx } from '../interchange/onnx-interpreter.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

describe('import and export', () => {
  let folder: string;
  let forest: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interchange-'));
    forest = join(folder, 'forest.json');
    const golden = JSON.parse(readFileSync('tests/interchange/golden/extra-trees.json', 'utf8')) as { document: object };
    await writeFile(forest, JSON.stringify(golden.document));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('a forest becomes a model, is explained, and leaves as ONNX and as arrays again', async () => {
    const model = join(folder, 'theirs');
    const made = readmission('import', '--forest', forest, '--out', model, '--synthetic');
    expect([made.status, made.out]).toEqual([0, expect.stringContaining('calibration: not calibrated')]);
    expect(made.err).toContain('"Age (years)" age_years');
    const values = join(folder, 'values.json');
    await writeFile(values, '{"features": {"age_years": 70, "prior_stays": 3}}');
    const explained = await answer(explainCommand, '--model', model, '--features', values, '--json');
    expect([explained.status, JSON.parse(explained.out)]).toEqual([
      0,
      expect.objectContaining({ answer: expect.objectContaining({ band: 'undivided' }) }),
    ]);
    const onnx = join(folder, 'risk.onnx');
    const wrote = readmission(
      'export',
      '--model',
      model,
      '--format',
      'onnx-classifier',
      '--precision',
      'float32',
      '--out',
      onnx,
      '--json',
    );
    expect(JSON.parse(wrote.out)).toMatchObject({ format: 'onnx-classifier', trees: 5, features: 6 });
    const { metadata, operators } = readOnnx(await readFile(onnx));
    expect([metadata['model_name'], operators['ai.onnx.ml']]).toEqual(['theirs', 1]);
    const arrays = join(folder, 'again.json');
    expect((await answer(exportCommand, '--model', model, '--format', 'scikit-learn', '--out', arrays)).status).toBe(0);
    expect(JSON.parse(await readFile(arrays, 'utf8'))).toMatchObject({
      format: 'scikit-learn-forest',
      input_precision: 'float64',
    });
  });

  test('refuses flags that say nothing together, and files that are no forest', async () => {
    const out = join(folder, 'never');
    const alone = await refusal(importCommand, '--forest', forest, '--out', out, '--method', 'slope');
    expect([alone.status, alone.err]).toEqual([2, expect.stringContaining('USAGE_IMPORT')]);
    const both = await refusal(
      exportCommand,
      '--model',
      'models/planted',
      '--format',
      'scikit-learn',
      '--precision',
      'double',
      '--out',
      out,
    );
    expect([both.status, both.err]).toEqual([2, expect.stringContaining('USAGE_EXPORT')]);
    const bare = join(folder, 'bare.json');
    await writeFile(bare, '{"threshold": [Infinity]}');
    const python = await refusal(importCommand, '--forest', bare, '--out', out);
    expect([python.status, python.err]).toEqual([8, expect.stringContaining('bare NaN and Infinity')]);
    await writeFile(bare, '{"threshold": []}');
    const other = await refusal(importCommand, '--forest', bare, '--out', out);
    expect([other.status, other.err]).toEqual([8, expect.stringContaining('FOREST_FILE_FORMAT')]);
    const taken = await refusal(importCommand, '--forest', forest, '--out', folder);
    expect([taken.status, taken.err]).toEqual([2, expect.stringContaining('MODEL_OUT_TAKEN')]);
  });
});
