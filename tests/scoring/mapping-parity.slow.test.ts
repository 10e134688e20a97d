/**
 * A model's mapping in serving: records in a hospital's own dialect give the features of the same facts in standard codes, in the batch
 * and one patient at a time, to the last bit; also asked for by a part, and while the stay is open.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { buildMatrix, fullCoverage, selectFeatures, type FeatureMatrix } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { settleMapping, standardMapping, type SettledMapping } from '../../src/mapping/index.ts';
import { PatientWarehouse, type StayAnswer } from '../../src/scoring/patient-warehouse.ts';
import { readPatientBundle } from '../../src/scoring/bundle.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { dialectMapping, inDialect } from '../mapping/dialect.ts';

const standardRecords = hospital(11, 40);
const records = inDialect(standardRecords);
const definition = readCohortDefinition('hwr-like');
const features = selectFeatures('all');
let batch: FeatureMatrix;
let standard: FeatureMatrix;
let patient: PatientWarehouse;

async function matrixUnder(mapping: SettledMapping, resources: readonly Resource[]): Promise<FeatureMatrix> {
  const warehouse = await Warehouse.open({ threads: 1 });
  try {
    await loadTerminology(warehouse);
    await withLanding(
      resources,
      async (folder) => void (await loadFlatTables(warehouse, folder, await readManifest(folder), { mapping })),
    );
    await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
    return await buildMatrix(warehouse, features, fullCoverage);
  } finally {
    warehouse.close();
  }
}

beforeAll(async () => {
  standard = await matrixUnder(settleMapping(standardMapping, true), standardRecords);
  batch = await matrixUnder(dialectMapping, records);
  patient = await PatientWarehouse.open(definition, features, dialectMapping);
}, 120_000);
afterAll(() => patient.close());

const ownerOf = (resource: Resource): string =>
  resource.resourceType === 'Patient' ? `Patient/${resource.id}` : (resource['subject'] as { reference: string }).reference;

function ask(resources: readonly Resource[], row: number, encounterId: string, asOf?: string): StayAnswer {
  const owner = batch.patientIds[row] as string;
  const entry = resources.filter((resource) => ownerOf(resource) === owner).map((resource) => ({ resource }));
  const bundle = readPatientBundle({ resourceType: 'Bundle', type: 'collection', entry }, patient.readers);
  return patient.read({ resources: bundle.resources, encounterId, asOf }, (answer) => answer);
}

function differing(values: ArrayLike<number> | undefined, row: number): string[] {
  return batch.features.flatMap(({ name }, c) => {
    const [a, b] = [batch.columns[c]?.[row], values?.[c]];
    return Object.is(a, b) ? [] : [`${batch.indexIds[row]} ${name}: batch ${a}, patient ${b}`];
  });
}

/** Codes of SNOMED CT as ICD-10-CM, as hospitals write it: with points or without, in either case. */
const icd: Readonly<Record<string, string>> = {
  88805009: 'i50.9',
  44054006: 'E119',
  185086009: 'J42.',
  254837009: 'c50.919',
  94260004: 'C78.7',
  431855005: 'N181',
  22298006: 'I21.9',
  230690007: 'I63.9',
};

function inIcd(resource: Resource, element: string): Record<string, unknown> {
  const text = JSON.stringify(resource[element] ?? null);
  const code = /"code":"(\d+)"/.exec(text)?.[1] ?? '';
  if (icd[code] === undefined) return {};
  const coding = [{ system: 'urn:oid:2.16.840.1.113883.6.90', code: icd[code] }];
  return { [element]: element === 'code' ? { coding } : [{ coding }] };
}

describe('ICD-10 codes, and conditions without dates', () => {
  /** Every other condition of the dialect loses its dates and names an encounter of its patient instead. */
  const undated = records.map((resource, i): Resource => {
    if (resource.resourceType === 'Encounter' && i % 3 === 0) return { ...resource, ...inIcd(resource, 'reasonCode') };
    if (resource.resourceType !== 'Condition') return resource;
    const own = records.filter(
      (other) => other.resourceType === 'Encounter' && ownerOf(other) === ownerOf(resource) && !other.id.endsWith('-test'),
    );
    const encounter = { reference: `Encounter/${own[i % own.length]?.id}` };
    if (i % 2 === 0) return { ...resource, encounter, ...inIcd(resource, 'code') };
    return { ...resource, encounter, onsetDateTime: undefined, recordedDate: undefined };
  });

  it.each([
    ['encounter-end', true],
    ['encounter-end', false],
    ['encounter-start', false],
    ['unknown', true],
  ] as const)('are known alike in batch and request: %s, of the index stay %s', async (undatedBy, indexStayDiagnosesKnown) => {
    const mapping = { ...dialectMapping, conditions: { undated: undatedBy, indexStayDiagnosesKnown } };
    const matrix = await matrixUnder(mapping, undated);
    const warehouse = await PatientWarehouse.open(definition, features, mapping);
    const wrong = matrix.indexIds.flatMap((id, row) => {
      const entry = undated
        .filter((r) => ownerOf(r) === matrix.patientIds[row])
        .map((resource) => ({ resource: JSON.parse(JSON.stringify(resource)) as unknown }));
      const { resources } = readPatientBundle({ resourceType: 'Bundle', type: 'collection', entry }, warehouse.readers);
      const asOf = row % 2 === 0 ? undefined : new Date(matrix.dischargeMs[row] as number).toISOString();
      const values = warehouse.read({ resources, encounterId: id, asOf }, ({ stay }) => stay?.values);
      return matrix.features.flatMap(({ name }, c) =>
        Object.is(matrix.columns[c]?.[row], values?.[c]) ? [] : [`${id} ${name}: ${matrix.columns[c]?.[row]}, ${values?.[c]}`],
      );
    });
    warehouse.close();
    expect(wrong).toEqual([]);
    const active = matrix.columns[matrix.features.findIndex(({ name }) => name === 'active_conditions')];
    expect(new Set(active).size).toBeGreaterThan(1);
    const failing = matrix.columns[matrix.features.findIndex(({ name }) => name === 'charlson_chf')];
    expect(new Set(failing).size).toBe(2);
  });
});

it('does not date a condition by a visit that was not over at discharge', async () => {
  const lines = expand([
    'Patient p born=1950-06-15 sex=female',
    'IMP a 2020-06-01T08:00:00Z/2020-06-04T10:00:00Z at=north reason=88805009',
    'AMB over 2020-06-03T08:00:00Z/2020-06-09T09:00:00Z',
    'Condition c code=44054006 in=over',
  ]);
  const mapping = settleMapping(standardMapping, true);
  const matrix = await matrixUnder(mapping, lines);
  const warehouse = await PatientWarehouse.open(definition, features, mapping);
  const { resources } = readPatientBundle({
    resourceType: 'Bundle',
    type: 'collection',
    entry: lines.map((resource) => ({ resource })),
  });
  const values = warehouse.read({ resources, encounterId: 'Encounter/a', asOf: undefined }, ({ stay }) => stay?.values);
  warehouse.close();
  const column = features.features.findIndex(({ name }) => name === 'active_conditions');
  expect([matrix.columns[column]?.[0], values?.[column]]).toEqual([0, 0]);
});

it('passes over what is no acute inpatient stay and what had not begun', async () => {
  const lines = expand([
    'Patient p born=1950-06-15 sex=female',
    'IMP a 2020-06-01T08:00:00Z/2020-06-04T10:00:00Z reason=88805009',
    'IMP b 2020-07-01T08:00:00Z/2020-07-04T10:00:00Z reason=88805009',
    'IMP cancelled 2020-08-01T08:00:00Z/2020-08-04T10:00:00Z status=cancelled',
    'IMP nursing 2020-09-01T08:00:00Z/2020-09-04T10:00:00Z type=449411000124106',
    'EMER e 2020-10-01T08:00:00Z/2020-10-01T10:00:00Z',
  ]);
  const warehouse = await PatientWarehouse.open(definition, features, settleMapping(standardMapping, true));
  const entry = lines.map((resource) => ({ resource }));
  const { resources } = readPatientBundle({ resourceType: 'Bundle', type: 'collection', entry });
  const found = [undefined, '2020-07-01T08:00:00Z', '2020-07-01T07:59:59Z', '2020-01-01'].map((asOf) =>
    warehouse.lastInpatientEncounter(resources, asOf),
  );
  warehouse.close();
  expect(found).toEqual(['Encounter/b', 'Encounter/b', 'Encounter/a', null]);
});

describe('a dialect under its mapping', () => {
  it('gives the matrix of the same facts in standard codes', () => {
    expect(standard.rows).toBeGreaterThan(60);
    expect(standard.columns.filter((column) => new Set(column).size > 1).length).toBeGreaterThan(40);
    expect(batch.indexIds).toEqual(standard.indexIds);
    expect(batch.outcomeStates).toEqual(standard.outcomeStates);
    expect(batch.reasons).toEqual(standard.reasons);
    batch.features.forEach(({ name }, c) =>
      expect({ name, values: batch.columns[c] }).toEqual({ name, values: standard.columns[c] }),
    );
  });

  it('is another cohort without it', async () => {
    expect((await matrixUnder(settleMapping(standardMapping, true), records)).rows).toBe(0);
  });

  it('gives one patient the features of the batch', () => {
    const wrong = batch.indexIds.flatMap((id, row) => differing(ask(records, row, id).stay?.values, row));
    expect(wrong).toEqual([]);
  });

  it('finds the stay that began last, as in standard codes', async () => {
    const plain = await PatientWarehouse.open(definition, features, settleMapping(standardMapping, true));
    const last = (warehouse: PatientWarehouse, all: readonly Resource[], owner: string, asOf?: string): string | null => {
      const entry = all.filter((resource) => ownerOf(resource) === owner).map((resource) => ({ resource }));
      const bundle = readPatientBundle({ resourceType: 'Bundle', type: 'collection', entry }, warehouse.readers);
      return warehouse.lastInpatientEncounter(bundle.resources, asOf);
    };
    for (const owner of new Set(batch.patientIds)) {
      const found = last(patient, records, owner);
      expect({ owner, found }).toEqual({ owner, found: last(plain, standardRecords, owner) });
      expect(found).not.toBeNull();
      expect(last(plain, records, owner)).toBeNull();
    }
    const later = batch.indexIds.filter((id, row) => {
      const asOf = new Date(batch.dischargeMs[row] as number).toISOString();
      return last(patient, records, batch.patientIds[row] as string, asOf) !== id;
    });
    plain.close();
    // A stay of several encounters is named by the one that ended last, which need not have begun last.
    expect(later.length).toBeLessThan(batch.rows / 4);
  });

  it('takes a part for its whole', () => {
    const wrong = batch.indexIds.flatMap((id, row) => {
      const { encounter, stay } = ask(records, row, `${id}-w1`);
      return encounter?.id === id && stay !== null ? differing(stay.values, row) : [`${id}: ${encounter?.id}`];
    });
    expect(wrong).toEqual([]);
  });

  it('ends an open whole and its open ward at the prediction time', () => {
    const wrong = batch.indexIds.flatMap((id, row) => {
      const asOf = new Date(batch.dischargeMs[row] as number).toISOString();
      const open = records.map((resource) =>
        [id, `${id}-w2`].includes(`Encounter/${resource.id}`)
          ? { ...resource, status: 'in-progress', period: { start: (resource['period'] as { start: string }).start } }
          : resource,
      );
      expect(ask(open, row, id).encounter?.asOfMs ?? null).toBeNull();
      return differing(ask(open, row, id, asOf).stay?.values, row);
    });
    expect(wrong).toEqual([]);
  });
});
