/** A researcher's own labels in the place of the outcome. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, cohortDefinitionHash, readCohortDefinition, readFollowUp, type Cohort } from '../../src/cohort/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { loadFlatTables, loadTerminology, Warehouse, writeTable } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const definition = readCohortDefinition('hwr-like');
let warehouse: Warehouse;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readmission-labels-'));
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
  const lines = [
    // One stay of two encounters, two of one, one that is no index discharge, one that ends after the last complete day.
    'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=233604007',
    'IMP b 2020-01-04T08:00:00Z/2020-01-06T10:00:00Z at=south',
    'IMP c 2020-01-20T12:00:00Z/2020-01-22T10:00:00Z at=south reason=88805009',
    'IMP d 2020-03-20T12:00:00Z/2020-03-22T10:00:00Z at=south reason=254637007',
    'IMP e 2025-12-20T12:00:00Z/2025-12-22T10:00:00Z at=south reason=88805009',
    'AMB v 2020-05-20T12:00:00Z/2020-05-20T13:00:00Z',
  ];
  await withLanding(expand(lines), async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir))));
});
afterAll(async () => {
  warehouse.close();
  await rm(folder, { recursive: true });
});

const options = { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 };
async function built(name: string, content: string | Buffer): Promise<Cohort> {
  const path = join(folder, name);
  await writeFile(path, content);
  return buildCohort(warehouse, definition, { ...options, labels: path });
}
const outcomes = async (): Promise<unknown[][]> =>
  (await warehouse.rows('SELECT index_id, outcome_state, target FROM outcome ORDER BY index_id')).map((row) =>
    Object.values(row),
  );

const ab = ['Encounter/b', 'label-1', 1];
const c = ['Encounter/c', 'label-0', 0];
const e = ['Encounter/e', 'label-1', 1];

describe('labels', () => {
  it('take the place of the outcome, also where run-out would have left the discharge out', async () => {
    const { attrition } = await built('own.csv', 'encounter_id,label\nEncounter/a,1\nc,0\ne,1\n');
    expect(await outcomes()).toEqual([ab, c, e]);
    expect(attrition.filter(({ step, n }) => step >= 40 && n > 0).map(({ step, label, n }) => [step, label, n])).toEqual([
      [40, 'cancer-treatment', 1],
      [50, 'index discharges', 3],
      [60, 'patients with an index discharge', 1],
      [70, 'label-1', 2],
      [70, 'label-0', 1],
    ]);
    const index = await warehouse.rows('SELECT index_id FROM index_discharge ORDER BY index_id');
    expect(index.map((row) => row['index_id'])).toEqual(['Encounter/b', 'Encounter/c', 'Encounter/e']);
  });

  it('leave out and count who has none, and pass over who is no index discharge', async () => {
    const { attrition } = await built('some.csv', 'encounter_id,label\nb,1\nc,\nd,1\nv,1\n');
    expect(await outcomes()).toEqual([ab]);
    expect(attrition.find(({ label }) => label === 'no-label')).toMatchObject({ step: 40, n: 2 });
  });

  it.each([
    ['own.ndjson', '{"stay_id":"Encounter/a","label":1}\n{"stay_id":"c","label":0}\n{"stay_id":"e","label":1}\n'],
    [
      'booleans.jsonl',
      '{"encounter_id":"a","label":true}\n{"encounter_id":"c","label":false}\n{"encounter_id":"e","label":true}\n',
    ],
    ['packed.csv.gz', gzipSync('index_id,label,note\nEncounter/b,1.0,"x, y"\nEncounter/c,0,\nEncounter/e,1,\n')],
  ])('are read from %s', async (name, content) => {
    await built(name, content);
    expect(await outcomes()).toEqual([ab, c, e]);
  });

  it('are read from Parquet', async () => {
    const path = join(folder, 'own.parquet');
    await writeTable(path, [
      { name: 'encounter_id', values: ['Encounter/b', 'Encounter/c', 'Encounter/e'] },
      { name: 'label', values: Float64Array.of(1, 0, 1) },
    ]);
    await buildCohort(warehouse, definition, { ...options, labels: path });
    expect(await outcomes()).toEqual([ab, c, e]);
  });

  it('are named with their hash in the definition, and so in its hash', async () => {
    const text = 'encounter_id,label\na,1\nc,0\n';
    const { definition: used } = await built('named.csv', text);
    expect(used.labels).toEqual({ name: 'named.csv', sha256: sha256(text) });
    expect(cohortDefinitionHash(used)).not.toBe(cohortDefinitionHash(definition));
    const again = await buildCohort(warehouse, used, { ...options, labels: join(folder, 'named.csv') });
    expect(again.definition).toEqual(used);
  });

  it('are gone when the cohort is built without them', async () => {
    await built('before.csv', 'encounter_id,label\na,1\n');
    const { attrition, definition: used } = await buildCohort(warehouse, definition, options);
    expect(used).toEqual(definition);
    expect(attrition.find(({ label }) => label === 'no-label')).toBeUndefined();
    expect(await outcomes()).toEqual([
      ['Encounter/b', 'unplanned', 1],
      ['Encounter/c', 'none', 0],
      ['Encounter/e', 'unobserved', null],
    ]);
  });

  it.each([
    ['no.csv', 'encounter_id,outcome\na,1\n', 'COHORT_LABELS_COLUMN'],
    ['id.csv', 'patient,label\na,1\n', 'COHORT_LABELS_COLUMN'],
    ['two.csv', 'encounter_id,label\na,2\n', 'COHORT_LABELS_VALUE'],
    ['word.csv', 'encounter_id,label\na,yes\n', 'COHORT_LABELS_VALUE'],
    ['nameless.csv', 'encounter_id,label\n,1\n', 'COHORT_LABELS_VALUE'],
    ['ghost.csv', 'encounter_id,label\nghost,1\n', 'COHORT_LABELS_UNKNOWN'],
    ['both.csv', 'encounter_id,label\na,1\nb,0\n', 'COHORT_LABELS_CONFLICT'],
    ['own.xlsx', 'encounter_id,label\na,1\n', 'COHORT_LABELS_FORMAT'],
    ['broken.parquet', 'encounter_id,label\na,1\n', 'COHORT_LABELS_UNREADABLE'],
    ['empty.csv', '', 'COHORT_LABELS_'],
  ])('refuse %s', async (name, content, code) => {
    await expect(built(name, content)).rejects.toMatchObject({ code: expect.stringContaining(code) });
  });

  it('say the same twice about one stay', async () => {
    await built('twice.csv', 'encounter_id,label\na,1\nb,1\n');
    expect(await outcomes()).toEqual([ab]);
  });

  it('refuse a file that is not there', async () => {
    await expect(buildCohort(warehouse, definition, { ...options, labels: join(folder, 'none.csv') })).rejects.toMatchObject({
      code: 'COHORT_LABELS_UNREADABLE',
    });
  });

  it('leave no follow-up to estimate from', async () => {
    await built('follow.csv', 'encounter_id,label\na,1\nc,0\n');
    expect((await readFollowUp(warehouse)).day).toHaveLength(0);
  });
});
