/** The form of the card: 31 attributes, every section, nothing blank, for every model and whatever is known about it. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Evidence, LeakageEvidence } from '../../src/evaluation/evidence.ts';
import { ModelCardSchema, buildCard, readModelFolder, type CardRecords, type CardStatements } from '../../src/model/index.ts';
import { parseModelMetrics } from '../../src/model/card-metrics.ts';
import { attributeKeys } from '../../src/model/card-attributes.ts';
import type { ModelMetrics } from '../../src/model/metrics.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { sampleHeader } from './sample-model.ts';
import { externalRecord, monitoringRecord, parentRecord } from './sample-records.ts';

const records: CardRecords = { external: [externalRecord], monitoring: [monitoringRecord], parents: [parentRecord] };
const statements: CardStatements = {
  developer: { name: 'A hospital' },
  funding: 'own means',
  use: { outOfScope: ['children'] },
  data: { relevance: 'the same region' },
  monitoring: { validity: 'each quarter' },
  updates: { process: 'each year' },
};
const bare: ModelMetrics = { validations: [] };
const cases: readonly (readonly [string, ModelMetrics, CardStatements, CardRecords])[] = [
  ['nothing but a header', bare, {}, {}],
  ['results', sampleMetrics, {}, {}],
  ['results and statements', sampleMetrics, statements, {}],
  ['results, statements and records', sampleMetrics, statements, records],
  [
    'a record of a validation by nobody, monitoring without outcomes',
    sampleMetrics,
    {},
    {
      external: [{ ...externalRecord, party: undefined, setting: undefined, subgroups: [] }],
      monitoring: [
        {
          ...monitoringRecord,
          events: undefined,
          figures: {},
          subgroups: [],
          exceeded: [],
          stability: { risk: null, features: [] },
        },
      ],
    },
  ],
];

describe.each(cases)('%s', (_title, metrics, said, happened) => {
  const build = () =>
    JSON.parse(JSON.stringify(buildCard(sampleHeader(8), metrics, said, happened).card)) as Record<string, unknown>;

  test('has the form of card.json', () => {
    const parsed = ModelCardSchema.safeParse(build());
    expect(parsed.error?.issues).toBeUndefined();
  });

  test('no field is blank', () => {
    const { appliedModelCard, sourceAttributes, assessments, warnings } = build();
    const found = [...leaves({ appliedModelCard, sourceAttributes, assessments, warnings })];
    expect(found.length).toBeGreaterThan(500);
    expect(found.filter(([, leaf]) => isBlank(leaf))).toEqual([]);
  });
});

test('31 attributes, in the order and under the citations of the regulation', () => {
  const { card } = buildCard(sampleHeader(8), sampleMetrics);
  const attributes = Object.values(card.sourceAttributes);
  expect(attributes.map(({ number }) => number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  expect(Object.keys(card.sourceAttributes)).toEqual([...attributeKeys]);
  const groups = attributes.map(
    ({ citation }) => /^45 CFR 170\.315\(b\)\(11\)\(iv\)\(B\)\((\d)\)\([ivx]+\)$/.exec(citation)?.[1],
  );
  expect([...'123456789'].map((group) => groups.filter((found) => found === group).length)).toEqual([4, 4, 2, 4, 2, 4, 5, 4, 2]);
  expect(new Set(attributes.map(({ citation }) => citation)).size).toBe(31);
});

test.each(attributeKeys)('a card without %s is refused', (key) => {
  const { card } = buildCard(sampleHeader(8), sampleMetrics);
  const { [key]: _gone, ...rest } = card.sourceAttributes;
  expect(ModelCardSchema.safeParse({ ...card, sourceAttributes: rest }).success).toBe(false);
  const blank = { ...card.sourceAttributes, [key]: { ...card.sourceAttributes[key], text: ' ' } };
  expect(ModelCardSchema.safeParse({ ...card, sourceAttributes: blank }).success).toBe(false);
});

test('as JSON Schema, for readers in other languages: the same 31 keys are required', () => {
  const schema = z.toJSONSchema(ModelCardSchema, { io: 'input' }) as unknown as {
    required: string[];
    properties: { sourceAttributes: { required: string[]; additionalProperties: unknown } };
  };
  expect(schema.required).toContain('sourceAttributes');
  expect(schema.properties.sourceAttributes).toMatchObject({ required: [...attributeKeys], additionalProperties: false });
});

test('results of an evaluation can be handed to the card as they are', () => {
  const handOver = (grouped: Evidence, leakage: LeakageEvidence): ModelMetrics => ({
    validations: [],
    evidence: { grouped },
    leakage,
  });
  expect(handOver).toBeInstanceOf(Function);
  expect(parseModelMetrics(JSON.parse(JSON.stringify(sampleMetrics)), 'metrics.json').evidence?.grouped?.rows).toBe(1000);
});

describe('the released model', () => {
  test('has a card of this form from its own header and results', async () => {
    const { model, metrics } = await readModelFolder('models/planted');
    const { card } = buildCard(model.header, parseModelMetrics(metrics, 'models/planted/metrics.json'));
    expect(ModelCardSchema.safeParse(JSON.parse(JSON.stringify(card))).error?.issues).toBeUndefined();
  });

  test('and the card beside it is of this form', async () => {
    const card = JSON.parse(await readFile('models/planted/card.json', 'utf8')) as object;
    expect(ModelCardSchema.safeParse(card).error?.issues).toBeUndefined();
  });
});

/** Every leaf with its path; empty arrays and objects are leaves. What is under `value` is for machines: there null is a figure without value. */
function* leaves(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) {
    yield [path, value];
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'value') yield* leaves(child, `${path}/${key}`);
  }
}

function isBlank(leaf: unknown): boolean {
  return typeof leaf === 'string'
    ? leaf.trim() === '' || /undefined|NaN|\[object/.test(leaf)
    : leaf === null || typeof leaf === 'object';
}
