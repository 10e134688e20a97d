/** A model behind threads answers as the scorer in this thread does, its refusals included. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScoringError } from '../../../src/errors.ts';
import { readModelFolder, writeModelFolder, type ModelFolder } from '../../../src/model/index.ts';
import { createScorer, type BundleRequest, type Scorer } from '../../../src/scoring/index.ts';
import { openEngine, type OpenEngine } from '../../../src/server/scoring-pool/open-engine.ts';
import { PoolWatch } from '../../../src/server/scoring-pool/pool-watch.ts';
import { tinyMetrics, tinyModel } from '../support/tiny-model.ts';

const subject = { reference: 'Patient/p1' };
const stay = { resourceType: 'Encounter', id: 'e2', status: 'finished', class: { code: 'IMP' }, subject };
const patient = { resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1950-06-01' };
const period = { start: '2024-03-01T08:00:00Z', end: '2024-03-08T12:00:00Z' };

function request(...resources: object[]): BundleRequest {
  const entry = resources.map((resource) => ({ resource }));
  return { bundle: { resourceType: 'Bundle', type: 'collection', entry }, encounter: 'e2' };
}

let dir: string;
let folder: ModelFolder;
let scorer: Scorer;
let engine: OpenEngine;
let inThread: OpenEngine;
const watch = new PoolWatch();
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engine-'));
  await writeModelFolder(dir, { model: tinyModel(), metrics: tinyMetrics, card: { name: 'tiny' }, cardMarkdown: '# tiny' });
  folder = await readModelFolder(dir);
  scorer = await createScorer(folder);
  engine = await openEngine(folder, { workers: 2, watch });
  inThread = await openEngine(folder, { workers: 0, watch });
  await Promise.all([engine.ready, inThread.ready]);
});
afterAll(async () => {
  scorer.close();
  await Promise.all([engine.close(), inThread.close()]);
  await rm(dir, { recursive: true, force: true });
});

test('every call gives what the scorer gives', async () => {
  const asked = request(patient, { ...stay, period });
  const features = { length_of_stay_days: 7, prior_admissions_365d: 1 };
  const questions = { set: { prior_admissions_365d: 0 }, profile: 'length_of_stay_days', knownDays: 30 };
  for (const one of [engine, inThread]) {
    expect(await one.scoreBundle(asked)).toEqual(await scorer.scoreBundle(asked));
    expect(await one.explainBundle(asked, questions)).toEqual(await scorer.explainBundle(asked, questions));
    expect(await one.explainBundle(asked)).toEqual(await scorer.explainBundle(asked));
    expect(await one.scoreFeatures({ features })).toEqual(scorer.scoreFeatures({ features }));
    expect(await one.lastInpatientEncounter({ bundle: asked.bundle })).toBe('Encounter/e2');
    expect([one.modelSha256, one.features, one.definition, one.mapping]).toEqual([
      scorer.modelSha256,
      scorer.features,
      scorer.definition,
      scorer.mapping,
    ]);
  }
  // Too short to be sent away.
  expect(engine.scoreFeatures({ features, explain: false })).toEqual(scorer.scoreFeatures({ features, explain: false }));
});

test('a refusal keeps its class, code, words and details', async () => {
  const young = request({ ...patient, birthDate: '2020-01-01' }, { ...stay, period });
  const [here, there] = await Promise.all(
    [scorer, engine].map((one) =>
      one.scoreBundle(young).then(
        () => undefined,
        (error: unknown) => error as ScoringError,
      ),
    ),
  );
  expect(there).toBeInstanceOf(ScoringError);
  expect(there?.code).toBe('SCORING_NOT_ELIGIBLE');
  expect([there?.name, there?.message, there?.details]).toEqual([here?.name, here?.message, here?.details]);
});

test('many at once are answered each with its own', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const birthDate = `${1940 + (n % 20)}-01-01`;
      const { attributions } = await engine.scoreBundle(request({ ...patient, birthDate }, { ...stay, period }));
      return attributions.find(({ feature }) => feature === 'age_years')?.value === 2024 - 1940 - (n % 20);
    }),
  );
  expect(answers).toEqual(answers.map(() => true));
});

test('a number of threads that is none is refused', async () => {
  for (const workers of [-1, 1.5, 1000]) {
    await expect(openEngine(folder, { workers, watch })).rejects.toMatchObject({ code: 'SERVER_OPTION' });
  }
});
