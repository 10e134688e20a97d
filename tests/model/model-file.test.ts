import { describe, expect, test } from '@jest/globals';
import { createPredictor, predictColumns, trainForest } from '../../src/forest/index.ts';
import { mappingHash, settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { decodeModel, encodeModel, modelHash, modelMapping } from '../../src/model/index.ts';
import type { RiskModel } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { sha256 } from '../../src/util/sha256.ts';
import {
  errorCode,
  featureCount,
  headerText,
  randomForest,
  sampleHeader,
  sampleModel,
  sealed,
  withHeader,
  withHeaderText,
  withValue,
} from './sample-model.ts';

const model = sampleModel();
const bytes = encodeModel(model);
const code = (file: Uint8Array) => errorCode(() => decodeModel(file));

describe('site mapping', () => {
  const document = settleMapping(standardMapping, false);
  const mapping = { name: document.name, hash: mappingHash(document), document };

  test('is kept, and is that of standard codes where a model has none', () => {
    const header = decodeModel(encodeModel({ ...model, header: { ...model.header, mapping } })).header;
    expect(modelMapping(header)).toEqual(document);
    expect(headerText(bytes)).not.toContain('indexStayDiagnosesKnown');
    expect(modelMapping(decodeModel(bytes).header)).toEqual(settleMapping(standardMapping, model.header.training.synthetic));
  });

  test('is refused where this build does not read it', async () => {
    const later = { ...mapping, document: { ...document, more: true } };
    const file = encodeModel({ ...model, header: { ...model.header, mapping: later } });
    expect(await errorCode(() => modelMapping(decodeModel(file).header))).toBe('MAPPING_INVALID');
  });
});

describe('round trip', () => {
  test('header and arrays come back equal, and the same model gives the same bytes', () => {
    expect(decodeModel(bytes)).toEqual(model);
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
    expect(modelHash(bytes)).toBe(sha256(bytes));
  });

  test('any alignment of the input, any number of nodes', () => {
    for (let trees = 1; trees <= 6; trees++) {
      for (let seed = 0; seed < 4; seed++) {
        const one = sampleModel(seed, trees);
        const shifted = new Uint8Array(encodeModel(one).length + 3).subarray(3);
        shifted.set(encodeModel(one));
        expect(decodeModel(shifted)).toEqual(one);
      }
    }
  });

  /** Values at random, missing, and exactly on a threshold of the forest. */
  const rowsFor = (forest: RiskModel['forest'], n: number): Float64Array[] => {
    const stream = randomStream(99, 0);
    return Array.from({ length: featureCount }, () =>
      Float64Array.from({ length: n }, () => {
        const kind = stream.uniform();
        if (kind < 0.1) return NaN;
        return kind < 0.5 ? forest.threshold[stream.below(forest.threshold.length)]! : 5 * stream.uniform() - 2.5;
      }),
    );
  };
  const bits = (values: Float64Array) => new BigUint64Array(values.buffer);

  test('outputs are equal to the bit on 10,000 rows', () => {
    const forest = randomForest(3, 40, 8);
    const back = decodeModel(encodeModel({ header: sampleHeader(40), forest })).forest;
    const columns = rowsFor(forest, 10_000);
    const expected = predictColumns(forest, columns, 10_000);
    expect(new Set(expected).size).toBeGreaterThan(1000);
    expect(bits(predictColumns(back, columns, 10_000))).toEqual(bits(expected));
  });

  test('a trained forest is stored, and one row scored from the file equals the batch of the trainer to the bit', async () => {
    const stream = randomStream(7, 0);
    const rows = 1500;
    const columns = Array.from({ length: featureCount }, () =>
      Float64Array.from({ length: rows }, () => (stream.uniform() < 0.2 ? NaN : 4 * stream.uniform() - 2)),
    );
    const outcome = Uint8Array.from(columns[0]!, (x) => (stream.uniform() < (x > 0 ? 0.5 : 0.2) ? 1 : 0));
    const { forest } = await trainForest({ featureCount, rows, columns, outcome }, { trees: 25, seed: 3, workers: 1 });
    const predictor = createPredictor(decodeModel(encodeModel({ header: sampleHeader(25), forest })).forest);
    const fresh = rowsFor(forest, 10_000);
    const expected = predictColumns(forest, fresh, 10_000);
    const found = Float64Array.from(expected, (_, i) => predictor.predict(Float64Array.from(fresh, (column) => column[i]!)));
    expect(new Set(expected).size).toBeGreaterThan(1000);
    expect(bits(found)).toEqual(bits(expected));
  });
});

describe('damage', () => {
  test('2,000 sampled bytes changed, one at a time', async () => {
    const stream = randomStream(5, 0);
    const codes = new Set<string | undefined>();
    for (let k = 0; k < 2000; k++) {
      const file = bytes.slice();
      file[stream.below(file.length)]! ^= 1 + stream.below(255);
      codes.add(await code(file));
    }
    expect([...codes]).toEqual(['MODEL_CORRUPT']);
  });

  test('cut at each hundredth, and at the first and last bytes', async () => {
    const lengths = new Set(Array.from({ length: 100 }, (_, i) => Math.floor((bytes.length * i) / 100)));
    for (let k = 0; k < 64; k++) lengths.add(k).add(bytes.length - 1 - k);
    for (const length of lengths) expect(await code(bytes.slice(0, length))).toBe('MODEL_CORRUPT');
    expect(lengths.size).toBeGreaterThan(200);
  });

  test('extended by zeros, by rubbish, by itself; a checksum that fits does not help', async () => {
    for (const extra of [new Uint8Array(1), new Uint8Array(8), Uint8Array.of(1, 2, 3), bytes]) {
      const file = new Uint8Array(bytes.length + extra.length);
      file.set(bytes);
      file.set(extra, bytes.length);
      expect(await code(file)).toBe('MODEL_CORRUPT');
      expect(await code(sealed(file))).toBe('MODEL_CORRUPT');
    }
  });

  test('a file that is no model', async () => {
    expect(await code(sealed(new Uint8Array(200)))).toBe('MODEL_CORRUPT');
    expect(await code(new Uint8Array(0))).toBe('MODEL_CORRUPT');
  });

  test('padding that is not zero', async () => {
    const file = bytes.slice();
    file[bytes.length - 33] = 1;
    const { sections } = JSON.parse(headerText(bytes)) as { sections: { name: string; length: number }[] };
    expect(sections.find((s) => s.name === 'missingLeft')!.length % 8).not.toBe(0);
    expect(await code(sealed(file))).toBe('MODEL_CORRUPT');
  });
});

describe('versions', () => {
  test('a later format names both versions and the release that made it', () => {
    const later = withHeader(bytes, (h) => Object.assign(h, { formatVersion: 2, codeVersion: '9.9.9', more: 1 }));
    expect(() => decodeModel(later)).toThrow(/MODEL_VERSION.*format 1.*format 2.*9\.9\.9/);
  });

  test('a later container', async () => {
    const file = bytes.slice();
    file[7] = '2'.charCodeAt(0);
    expect(await code(sealed(file))).toBe('MODEL_VERSION');
    file[7] = 0xff;
    expect(await code(sealed(file))).toBe('MODEL_CORRUPT');
  });

  test.each<[string, (h: Record<string, unknown>) => void]>([
    ['unknown key', (h) => Object.assign(h, { extra: 1 })],
    ['missing key', (h) => delete h['seed']],
    ['other format', (h) => Object.assign(h, { format: 'pickle' })],
    ['version as text', (h) => Object.assign(h, { formatVersion: '1' })],
    ['HTML as name', (h) => Object.assign(h, { name: '<img src=x>' })],
    ['bands not ascending', (h) => (h['bands'] as unknown[]).reverse()],
    ['slope 0', (h) => Object.assign(h['calibration'] as object, { slope: 0 })],
    ['feature named twice', (h) => Object.assign((h['features'] as object[])[1]!, { name: 'feature_0' })],
    ['HTML as feature name', (h) => Object.assign((h['features'] as object[])[1]!, { name: 'a<b>' })],
  ])('header refused: %s', async (_title, change) => {
    expect(await code(withHeader(bytes, change))).toBe('MODEL_HEADER');
  });
});

describe('hostile headers', () => {
  test.each<[string, (text: string) => string]>([
    ['__proto__', (t) => t.replace('"seed":7', '"seed":7,"__proto__":{"x":1}')],
    ['__proto__ spelled with escapes', (t) => t.replace('"seed":7', '"seed":7,"\\u005f_proto__":{"x":1}')],
    ['__proto__ deep in the definition', (t) => t.replace('"minimumAge":18', '"minimumAge":18,"__proto__":1')],
    ['constructor', (t) => t.replace('"minimumAge":18', '"minimumAge":18,"constructor":1')],
    ['key twice', (t) => t.replace('"minimumAge":18', '"minimumAge":18,"minimumAge":99')],
    ['key twice, spelled differently', (t) => t.replace('"minimumAge":18', '"minimumAge":18,"minimum\\u0041ge":99')],
    ['deep nesting', (t) => t.replace('"minimumAge":18', `"minimumAge":${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['not JSON', (t) => t.slice(1)],
    ['an array', () => '[]'],
    ['null', () => 'null'],
    ['text after the value', (t) => `${t}x`],
  ])('%s', async (_title, change) => {
    expect(await code(withHeaderText(bytes, change))).toBe('MODEL_HEADER');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('the same key in different objects is fine', () => {
    const file = withHeader(bytes, (h) =>
      Object.assign((h['cohort'] as { definition: object }).definition, { seed: 1, name: 2 }),
    );
    expect(decodeModel(file).header.cohort.definition).toMatchObject({ seed: 1, name: 2 });
  });

  test('bytes that are not UTF-8, in a text', () => {
    const file = bytes.slice();
    const text = 'first unplanned stay';
    file[12 + headerText(bytes).indexOf(text)] = 0xff;
    expect(() => decodeModel(sealed(file))).toThrow(/MODEL_HEADER.*UTF-8/);
  });
});

describe('sizes', () => {
  interface Sectioned {
    sections: { offset: number; length: number; name: string }[];
    forest: { trees: number };
  }
  test.each<[string, (h: Sectioned) => void]>([
    ['2^31 nodes', (h) => h.sections.forEach((s) => (s.length = 2 ** 31))],
    ['2^53 - 1 nodes', (h) => h.sections.forEach((s) => (s.length = Number.MAX_SAFE_INTEGER))],
    ['10^9 trees', (h) => (h.forest.trees = 1e9)],
    ['one node more', (h) => h.sections.forEach((s) => (s.length += s.name === 'treeStart' ? 0 : 1))],
    ['sections that overlap', (h) => (h.sections[2]!.offset = h.sections[1]!.offset)],
    ['a section beyond the file', (h) => (h.sections[7]!.offset += 1 << 20)],
    ['sections in another order', (h) => h.sections.reverse()],
    ['a section left out', (h) => h.sections.pop()],
    ['a section twice', (h) => h.sections.push(h.sections[0]!)],
    ['no sections', (h) => (h.sections = [])],
  ])('%s', async (_title, change) => {
    const file = withHeader(bytes, (h) => change(h as unknown as Sectioned));
    expect(await code(file)).toBe('MODEL_CORRUPT');
  });

  test('a header longer than the file, or than the cap', async () => {
    for (const length of [bytes.length, 2 ** 31, 2 ** 32 - 1]) {
      const file = bytes.slice();
      new DataView(file.buffer).setUint32(8, length, true);
      expect(await code(sealed(file))).toBe('MODEL_CORRUPT');
    }
  });
});

describe('broken trees', () => {
  const { forest } = model;
  const stream = randomStream(12, 0);
  const nodes = forest.feature.length;
  const splits = Array.from(forest.feature, (f, i) => (f >= 0 ? i : -1)).filter((i) => i >= 0);
  const leaves = Array.from(forest.feature, (f, i) => (f < 0 ? i : -1)).filter((i) => i >= 0);
  const inner = splits.filter((i) => !forest.treeStart.includes(i));
  const any = () => stream.below(nodes);
  const one = (from: number[]) => from[stream.below(from.length)]!;
  const parentOf = (node: number) => splits.find((i) => forest.left[i] === node || forest.right[i] === node)!;
  const sideOf = () => (stream.below(2) === 0 ? 'left' : 'right');

  const breakers: Record<string, () => [string, number, number]> = {
    'a child that is its own parent': () => {
      const n = one(splits);
      return [sideOf(), n, n];
    },
    'a cycle: a node whose child is its parent': () => {
      const n = one(inner);
      return [sideOf(), n, parentOf(n)];
    },
    'a child of a lower number': () => {
      const n = one(inner);
      return [sideOf(), n, stream.below(n)];
    },
    'a child beyond the arrays': () => [sideOf(), one(splits), nodes + stream.below(1000)],
    'a child that is negative': () => [sideOf(), one(splits), -1 - stream.below(1000)],
    'a child in another tree': () => ['right', forest.treeStart[stream.below(7)]!, forest.treeStart[7]! + 1],
    'two parents, so that another node is out of reach': () => {
      const n = one(splits);
      return ['right', n, forest.left[n]!];
    },
    'a leaf with a child': () => [sideOf(), one(leaves), nodes - 1],
    'a split that claims to be a leaf': () => ['feature', one(splits), -1],
    'a leaf that claims to be a split': () => ['feature', one(leaves), 0],
    'a column that does not exist': () => ['feature', one(splits), featureCount + stream.below(5)],
    'a negative column': () => ['feature', one(splits), -2],
    'threshold NaN': () => ['threshold', one(splits), NaN],
    'threshold Infinity': () => ['threshold', one(splits), stream.below(2) === 0 ? Infinity : -Infinity],
    'missingLeft 2': () => ['missingLeft', any(), 2],
    'value below 0': () => ['value', any(), -Number.MIN_VALUE],
    'value above 1': () => ['value', any(), 1 + Number.EPSILON],
    'value NaN': () => ['value', any(), NaN],
    'cover 0': () => ['cover', any(), 0],
    'cover negative': () => ['cover', any(), -1],
    'cover NaN': () => ['cover', any(), NaN],
    'cover Infinity': () => ['cover', any(), Infinity],
    "cover other than the sum of the children's": () => ['cover', one(splits), 1.5 + stream.below(9)],
    'a tree that starts later': () => ['treeStart', 0, 1],
    'trees that start in descending order': () => ['treeStart', 2, 0],
    'an empty tree': () => ['treeStart', 3, forest.treeStart[2]!],
    'a last border short of the nodes': () => ['treeStart', 8, nodes - 1],
    'a last border beyond the nodes': () => ['treeStart', 8, nodes + 1],
  };

  test.each(Object.keys(breakers))('%s', async (title) => {
    for (let k = 0; k < 20; k++) {
      const [section, index, value] = breakers[title]!();
      expect({ section, index, value, code: await code(withValue(bytes, section, index, value)) }).toEqual({
        section,
        index,
        value,
        code: 'MODEL_STRUCTURE',
      });
    }
  });
});

describe('encoding refuses what could not be read back', () => {
  test('a forest that is not one, a header that is not one, and two that do not belong together', async () => {
    const bad = { ...model.forest, value: model.forest.value.map(() => NaN) };
    expect(await errorCode(() => encodeModel({ ...model, forest: bad }))).toBe('MODEL_STRUCTURE');
    const other = { ...model.header, baseRate: NaN };
    expect(await errorCode(() => encodeModel({ ...model, header: other }))).toBe('MODEL_HEADER');
    expect(await errorCode(() => encodeModel({ ...model, header: sampleHeader(9) }))).toBe('MODEL_HEADER');
    const lost = { ...model.header, cohort: { ...model.header.cohort, definition: { minimumAge: NaN } } };
    expect(await errorCode(() => encodeModel({ ...model, header: lost }))).toBe('MODEL_HEADER');
    expect(await errorCode(() => encodeModel(model))).toBeUndefined();
  });
});
