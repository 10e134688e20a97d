/**
 * Training and serving cannot drift apart: discharges of the shipped cohort, asked for one patient at a time over HTTP, get the features of
 * the matrix to the last bit, and the risk that the batch gives them.
 *
 * A patient's Bundle is the whole record, also what came after the discharge.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { predictColumns } from '../../src/forest/index.ts';
import { applyCalibration, readModelFolder, writeModelFolder } from '../../src/model/index.ts';
import { createScorer, type ScoreAnswer, type Scorer } from '../../src/scoring/index.ts';
import { startScoringServer, type ScoringServer } from '../../src/server/index.ts';
import { openStudy, trainModel, type Study } from '../../src/training/index.ts';
import { clinicalTypes } from '../cases/landing.ts';
import { patientBundles, type Bundle } from './patient-bundles.ts';

const data = fileURLToPath(new URL('../../synthea-data/', import.meta.url));
const asked = 120;

let study: Study;
let rows: number[];
let bundles: Map<string, Bundle>;
let batchRisk: Float64Array;
let folder: string;
let server: ScoringServer;
let scorer: Scorer;

beforeAll(async () => {
  study = await openStudy(data);
  const { matrix } = study;
  rows = Array.from({ length: asked }, (_, i) => Math.floor((i * matrix.rows) / asked));
  bundles = await patientBundles(data, new Set(rows.map((row) => matrix.patientIds[row] as string)));
  const trained = await trainModel(study, {
    name: 'parity',
    createdAt: '2026-01-01T00:00:00Z',
    seed: 1,
    folds: 2,
    draws: 20,
    quick: true,
    forest: { trees: 30 },
  });
  folder = await mkdtemp(join(tmpdir(), 'readmission-parity-'));
  await writeModelFolder(folder, trained);
  const { model } = await readModelFolder(folder);
  const outputs = predictColumns(model.forest, matrix.columns, matrix.rows);
  batchRisk = outputs.map((output) => applyCalibration(model.header.calibration, output));
  scorer = await createScorer(await readModelFolder(folder));
  server = await startScoringServer({ model: folder, port: 0, workers: 0, bodyLimit: '100mb', stateDir: join(folder, 'state') });
}, 240_000);

afterAll(async () => {
  scorer.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const covers = { types: [...clinicalTypes], from: null };

describe('parity of batch and request', () => {
  it('asks many discharges of the whole cohort, with reasons to differ', () => {
    const { matrix } = study;
    expect(matrix.rows).toBeGreaterThan(900);
    expect(new Set(rows).size).toBe(asked);
    expect(new Set(rows.map((row) => matrix.reasons[row])).size).toBeGreaterThan(15);
    expect(new Set(rows.map((row) => batchRisk[row])).size).toBeGreaterThan(50);
    const varying = matrix.columns.filter((column) => new Set(rows.map((row) => column[row])).size > 1);
    expect(varying.length).toBeGreaterThan(60);
    expect(rows.every((row) => (bundles.get(matrix.patientIds[row] as string)?.entry.length ?? 0) > 5)).toBe(true);
  });

  it('gives every discharge the same features and the same risk over HTTP as in the batch', async () => {
    const { matrix } = study;
    const differing: string[] = [];
    for (const [i, row] of rows.entries()) {
      const encounter = matrix.indexIds[row] as string;
      const request = { bundle: bundles.get(matrix.patientIds[row] as string) as Bundle, encounter, covers };
      // Every fourth also without HTTP, where no bit can be rounded away.
      const values = i % 4 === 0 ? await scorer.bundleValues(request) : null;
      const response = await fetch(`${server.url}/v1/score`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      const answer = (await response.json()) as ScoreAnswer;
      if (response.status !== 200) {
        differing.push(`${encounter}: status ${response.status}`);
        continue;
      }
      matrix.features.forEach(({ name }, c) => {
        const batch = matrix.columns[c]?.[row] as number;
        const attribution = answer.attributions[c];
        const sent = attribution?.value ?? Number.NaN;
        if (attribution?.feature !== name) differing.push(`${encounter}: ${name} is not at its place`);
        if (values !== null && !Object.is(values[c], batch))
          differing.push(`${encounter} ${name}: batch ${batch}, read ${values[c]}`);
        // JSON has no negative zero; the values read in place tell it apart.
        if (!Object.is(sent, batch + 0)) differing.push(`${encounter} ${name}: batch ${batch}, sent ${sent}`);
      });
      if (answer.risk !== batchRisk[row]) differing.push(`${encounter}: batch risk ${batchRisk[row]}, sent ${answer.risk}`);
      if (answer.encounter !== encounter || Date.parse(answer.asOf ?? '') !== matrix.dischargeMs[row]) {
        differing.push(`${encounter}: another stay was scored`);
      }
    }
    expect(differing).toEqual([]);
  }, 240_000);
});
