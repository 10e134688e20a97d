import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openModel, type BrowserModel } from '../src/browser.ts';
import { createExplainer } from '../src/forest/index.ts';
import { readModelFolder, type ModelFolder } from '../src/model/index.ts';
import { createScorer, type Scorer } from '../src/scoring/index.ts';
import { featureRows } from './browser-rows.ts';

const bytes = readFileSync('models/planted/model.bin');

describe('what a bundler finds', () => {
  const seen = new Map<string, string>();
  const packages = new Set<string>();

  function walk(file: string): void {
    if (seen.has(file)) return;
    const source = readFileSync(file, 'utf8');
    seen.set(file, source);
    // Types are gone before anything is bundled.
    const code = source.replaceAll(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, target] of code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (target!.startsWith('.')) walk(resolve(dirname(file), target!));
      else packages.add(target!);
    }
  }

  beforeAll(() => walk(resolve('src/browser.ts')));

  test('no module of Node, no package but zod', () => {
    expect(seen.size).toBeGreaterThan(20);
    expect([...seen.keys()].map((file) => relative('src', file))).toContain(join('forest', 'attribution-kernel.ts'));
    expect([...packages]).toEqual(['zod']);
  });

  test('no name that only Node has', () => {
    for (const [file, source] of seen) {
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect([relative('.', file), /\b(Buffer|process|require|__dirname|setImmediate)\b/.exec(code)?.[0]]).toEqual([
        relative('.', file),
        undefined,
      ]);
    }
  });
});

describe('the planted model', () => {
  let folder: ModelFolder;
  let scorer: Scorer;
  let model: BrowserModel;

  beforeAll(async () => {
    folder = await readModelFolder('models/planted');
    scorer = await createScorer(folder);
    model = await openModel(bytes);
  });

  test('is read as it is from disk', () => {
    expect(model.header).toEqual(folder.model.header);
    expect(model.sha256).toBe(folder.modelSha256);
  });

  test('answers what the server answers for the same features, to the bit', () => {
    const rows = featureRows(model.header, 60, false);
    for (const features of rows) {
      const { risk, interval, band, forestOutput, baseValue, attributions, missing, outOfTrainingRange } = scorer.scoreFeatures({
        features,
      });
      expect(model.score(features)).toEqual({
        risk,
        interval,
        band,
        forestOutput,
        baseValue,
        attributions,
        missing,
        outOfTrainingRange,
      });
    }
    expect(new Set(rows.map((features) => model.score(features).risk)).size).toBeGreaterThan(30);
  });

  test('says what was missing and what is beyond its training', () => {
    const [first, second] = model.header.features;
    const answer = model.score({ [first!.name]: first!.max! + 1, [second!.name]: null });
    expect(answer.outOfTrainingRange).toEqual([first!.name]);
    expect(answer.missing).toEqual(model.header.features.slice(1).map(({ name }) => name));
  });

  test('gives the interactions that the forest has', () => {
    const [features] = featureRows(model.header, 1, true);
    const row = Float64Array.from(model.header.features, ({ name }) => features![name] ?? NaN);
    const rows = model.interactions(features!);
    expect(rows.flatMap((values) => Array.from(values))).toEqual(
      Array.from(createExplainer(folder.model.forest).interactions(row).values),
    );
    const { attributions } = model.score(features!);
    rows.forEach((values, f) => {
      expect(Math.abs(values.reduce((a, b) => a + b, 0) - attributions[f]!.attribution)).toBeLessThan(1e-12);
    });
  });

  test.each([
    ['a name it does not read', { nonsense: 1 }, /SCORING_FEATURE_UNKNOWN/],
    ['nothing', {}, /SCORING_FEATURES_EMPTY/],
    ['only missing values', { FIRST: null }, /SCORING_FEATURES_EMPTY/],
    ['NaN', { FIRST: NaN }, /SCORING_REQUEST_INVALID/],
  ])('refuses %s', (_what, features, code) => {
    const name = model.header.features[0]!.name;
    const renamed = Object.fromEntries(Object.entries(features).map(([key, x]) => [key === 'FIRST' ? name : key, x]));
    expect(() => model.score(renamed)).toThrow(code);
    expect(() => model.interactions(renamed)).toThrow(code);
  });
});

describe('refuses', () => {
  test('a damaged file', async () => {
    const damaged = Uint8Array.from(bytes);
    damaged[5000]! ^= 1;
    await expect(openModel(damaged)).rejects.toThrow(/MODEL_CORRUPT/);
    await expect(openModel(bytes.subarray(0, 20))).rejects.toThrow(/MODEL_CORRUPT/);
    await expect(openModel(bytes.subarray(0, -1))).rejects.toThrow(/MODEL_CORRUPT/);
  });

  test('to go on where the checksum cannot be computed', async () => {
    const { crypto } = globalThis;
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      await expect(openModel(bytes)).rejects.toThrow(/MODEL_UNCHECKED/);
    } finally {
      Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
    }
  });
});
