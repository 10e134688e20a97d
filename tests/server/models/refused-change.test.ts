/** A change of the model that cannot be made is told as one that was refused, not as a fault of the server. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadmissionError } from '../../../src/errors.ts';
import { folderOfModels } from '../../../src/server/models/model-folders.ts';
import { ServedModels, type LoadedModel } from '../../../src/server/models/served-models.ts';
import { closeAll, fakeModel, serve } from '../support/served.ts';

let dir: string;
let refused: string | undefined;
let models: ServedModels;

const load = (): Promise<LoadedModel> => {
  if (refused !== undefined) return Promise.reject(new ReadmissionError(refused, 'expected another model, found this'));
  const served = fakeModel();
  const engine = { ...served.scorer, ready: Promise.resolve(), retire: () => undefined, close: () => Promise.resolve() };
  return Promise.resolve({ served, engine });
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'refused-'));
  for (const name of ['a', 'b']) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'model.bin'), '');
  }
  await writeFile(join(dir, 'current'), 'a\n');
  refused = undefined;
  models = await ServedModels.open(folderOfModels(dir), load);
});
afterEach(async () => {
  await closeAll();
  await rm(dir, { recursive: true, force: true });
});

const change = async (): Promise<unknown> => {
  const { url } = await serve({ models, registry: models });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/admin/model`, { method: 'POST', headers, body: '{}' });
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

test('where nothing says any longer which model is meant', async () => {
  await rm(join(dir, 'current'));
  expect(await change()).toEqual([422, 'SERVER_MODEL_CURRENT']);
});

test.each(['COHORT_DEFINITION_INVALID', 'MAPPING_INVALID'])('a model whose header ends in %s', async (code) => {
  refused = code;
  expect(await change()).toEqual([422, code]);
});
