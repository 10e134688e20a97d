/** The card of a model folder, written again: nothing else changes, statements and records last. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import {
  ModelCardSchema,
  addCardRecords,
  buildCard,
  readCardRecords,
  readModelFolder,
  rebuildCard,
  recordInCard,
  writeModelFolder,
} from '../../src/model/index.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { errorCode, sampleModel } from './sample-model.ts';
import { externalRecord, monitoringRecord, parentRecord } from './sample-records.ts';

let dir: string;
let hash: string;
const text = (name: string) => readFile(join(dir, name), 'utf8');
const statements = { funding: 'own means' };
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'card-folder-'));
  const model = sampleModel();
  const { card, markdown } = buildCard(model.header, sampleMetrics, statements);
  hash = await writeModelFolder(dir, { model, metrics: sampleMetrics, card, cardMarkdown: markdown });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('written again without new content: the same bytes', async () => {
  const before = await Promise.all((await readdir(dir)).sort().map(text));
  await rebuildCard(dir);
  expect(await Promise.all((await readdir(dir)).sort().map(text))).toEqual(before);
});

test('statements stay until others take their place; the folder stays whole', async () => {
  expect((await rebuildCard(dir)).card.sourceAttributes.funding.text).toBe('own means');
  const { card } = await rebuildCard(dir, { developer: { name: 'A hospital' } });
  expect(card.sourceAttributes.funding.status).toBe('not-available');
  expect(card.sourceAttributes.developer.text).toContain('A hospital');
  const folder = await readModelFolder(dir);
  expect(folder.modelSha256).toBe(hash);
  expect(ModelCardSchema.safeParse(folder.card).error?.issues).toBeUndefined();
  expect(await text('card.md')).toContain(`SHA-256 of model.bin: \`${hash}\``);
});

describe('records', () => {
  test('are added, kept and told by the card, with the statements', async () => {
    await recordInCard(dir, { external: [externalRecord], parents: [parentRecord] });
    await recordInCard(dir, { monitoring: [monitoringRecord], external: [{ ...externalRecord, party: 'second' }] });
    const records = await readCardRecords(dir, hash);
    expect(records.external.map(({ party }) => party)).toEqual(['Institute of Biometry', 'second']);
    expect(records.external[0]?.figures['calibrationSlope']).toEqual({ estimate: 0.8, lower: 0.6, upper: null });
    const { card } = await readModelFolder(dir);
    expect(ModelCardSchema.safeParse(card).error?.issues).toBeUndefined();
    expect(card).toMatchObject({ sourceAttributes: { externalParty: { text: 'second' }, funding: { text: 'own means' } } });
  });

  test('of another model are not those of this one', async () => {
    await addCardRecords(dir, 'ff'.repeat(32), { external: [externalRecord] });
    expect(await readCardRecords(dir, hash)).toEqual({ external: [], monitoring: [], parents: [] });
  });

  test('of a wrong form are refused, written or read', async () => {
    const wrong = { ...externalRecord, rows: -1 };
    expect(await errorCode(() => addCardRecords(dir, hash, { external: [wrong] }))).toBe('CARD_RECORDS_INVALID');
    await writeFile(join(dir, 'records.json'), '{"modelSha256":');
    expect(await errorCode(() => rebuildCard(dir))).toBe('CARD_RECORDS_INVALID');
    const error: unknown = await rebuildCard(dir).catch((caught: unknown) => caught);
    expect(exitCodeOf(error)).toBe(3);
  });
});

test('results of a wrong form are refused by name', async () => {
  const model = sampleModel();
  const { card, markdown } = buildCard(model.header, sampleMetrics);
  await writeModelFolder(dir, { model, metrics: { validations: [{ name: 'grouped' }] }, card, cardMarkdown: markdown });
  await expect(rebuildCard(dir)).rejects.toMatchObject({
    code: 'CARD_METRICS_INVALID',
    message: expect.stringContaining('validations.0.description'),
  });
});

test('a card of an earlier form is replaced', async () => {
  const model = sampleModel();
  await writeModelFolder(dir, { model, metrics: sampleMetrics, card: { basicInfo: {} }, cardMarkdown: '# old' });
  const { card } = await rebuildCard(dir);
  expect(card.statements).toEqual({});
});
