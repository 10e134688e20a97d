/**
 * The same stays, exclusions and covariates by SQL over flat tables and by TypeScript over records: each is the other's check.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { buildMatrix, coverageOf, selectFeatures, type FeatureMatrix } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/index.ts';
import { covariateNames, covariatesAt } from '../../src/simulation/covariates.ts';
import { ageAtAdmission, exclusionOf, indexRulesOf } from '../../src/simulation/eligibility.ts';
import type { PatientFacts } from '../../src/simulation/facts.ts';
import { readFacts } from '../../src/simulation/read-facts.ts';
import type { Stay } from '../../src/simulation/stay.ts';
import { staysOf } from '../../src/simulation/stays.ts';
import { loadFlatTables, loadTerminology, Warehouse, type Row } from '../../src/warehouse/index.ts';
import { withLanding, type LandingOptions } from '../cases/landing.ts';
import type { Resource } from '../cases/compact.ts';
import { hospital } from '../features/hospital.ts';
import { firstPatients } from './first-patients.ts';
import { rulesOf } from './index-rules.ts';
import { mangle } from './mangle.ts';

interface Implementations {
  readonly discharges: readonly Row[];
  readonly matrix: FeatureMatrix;
  readonly mine: ReadonlyMap<
    string,
    { readonly facts: PatientFacts; readonly stays: readonly Stay[]; readonly stay: Stay; readonly row: Row }
  >;
}

const shared = [
  'discharge_id',
  'stay_id',
  'patient_id',
  'encounters',
  'providers',
  'admit_ms',
  'admit_ymd',
  'discharge_ms',
  'discharge_ymd',
  'discharge_provider',
  'age_years',
  'reason_code',
  'emergency_encounter_id',
  'acute_source',
  'planned_rule',
  'intensive_care',
  'exclusion',
];

async function bothWays(
  warehouse: Warehouse,
  resources: readonly Resource[],
  options: LandingOptions = {},
): Promise<Implementations> {
  const definition = readCohortDefinition('hwr-like');
  return withLanding(
    resources,
    async (folder) => {
      const manifest = await readManifest(folder);
      await loadFlatTables(warehouse, folder, manifest);
      const { transactionTime, coverage } = manifest;
      await buildCohort(warehouse, definition, { transactionTime, coverage });
      const matrix = await buildMatrix(
        warehouse,
        selectFeatures(covariateNames.join(',')),
        coverageOf(coverage.types, coverage.from),
      );
      const discharges = await warehouse.rows(`SELECT ${shared.join(', ')} FROM discharge`);
      const { patients, lastEventMs } = await readFacts(folder, manifest);
      const rules = indexRulesOf(manifest, lastEventMs, rulesOf(definition));
      const mine = [...patients.values()].flatMap((facts) => {
        const stays = staysOf(facts, rules);
        return stays.map((stay) => ({ facts, stays, stay, row: rowOf(facts, stay, exclusionOf(facts, stay, rules)) }));
      });
      return { discharges, matrix, mine: new Map(mine.map((entry) => [entry.stay.dischargeEncounterId, entry])) };
    },
    options,
  );
}

function rowOf(facts: PatientFacts, stay: Stay, exclusion: string | null): Row {
  return {
    discharge_id: stay.dischargeEncounterId,
    stay_id: stay.stayId,
    patient_id: facts.patientId,
    encounters: stay.encounterIds.length,
    providers: stay.providers,
    admit_ms: stay.admitMs,
    admit_ymd: stay.admitYmd,
    discharge_ms: stay.dischargeMs,
    discharge_ymd: stay.dischargeYmd,
    discharge_provider: stay.dischargeProvider,
    age_years: ageAtAdmission(facts, stay),
    reason_code: stay.reasonCode,
    emergency_encounter_id: stay.emergencyEncounterId,
    acute_source: stay.acuteSource,
    planned_rule: stay.plannedRule,
    intensive_care: stay.intensiveCare ? 1 : 0,
    exclusion,
  };
}

const byId = (a: Row, b: Row): number => (String(a['discharge_id']) < String(b['discharge_id']) ? -1 : 1);

describe.each([
  {
    name: 'the first patients of synthea-data',
    read: async () => {
      const { manifest, resources } = await firstPatients(120);
      return { resources, options: { transactionTime: manifest.transactionTime, coverage: manifest.coverage } };
    },
    index: 40,
  },
  { name: 'a hospital made of chance', read: async () => ({ resources: hospital(11, 150), options: {} }), index: 150 },
  {
    name: 'records as real servers have them',
    read: async () => ({ resources: mangle(hospital(14, 500), 14), options: {} }),
    index: 300,
  },
])('$name', ({ read, index }) => {
  let warehouse: Warehouse;
  let both: Implementations;

  beforeAll(async () => {
    warehouse = await Warehouse.open({ threads: 1 });
    await loadTerminology(warehouse);
    const { resources, options } = await read();
    both = await bothWays(warehouse, resources, options);
  });
  afterAll(() => warehouse.close());

  it('has the same discharges, kept and excluded for the same reasons', () => {
    const mine = [...both.mine.values()].map(({ row }) => row);
    expect(mine.sort(byId)).toEqual([...both.discharges].sort(byId));
  });

  it('has enough of them to find a difference', () => {
    expect(both.matrix.rows).toBeGreaterThan(index);
    expect(both.discharges.length).toBeGreaterThan(both.matrix.rows);
  });

  it('has the same covariates, bit by bit', () => {
    const { features, columns, indexIds } = both.matrix;
    expect(features.map(({ name }) => name).sort()).toEqual([...covariateNames].sort());
    const differences = indexIds.flatMap((id, r) => {
      const entry = both.mine.get(id);
      if (entry === undefined) return [id];
      const covariates = covariatesAt(entry.facts, entry.stays, entry.stay) as Readonly<Record<string, number>>;
      return features.flatMap(({ name }, c) => {
        const [sql, own] = [columns[c]?.[r], covariates[name]];
        return Object.is(sql, own) ? [] : [`${id} ${name}: ${sql} by SQL, ${own} by records`];
      });
    });
    expect(differences).toEqual([]);
  });

  it('sees covariates vary', () => {
    const varying = both.matrix.features.filter((_, c) => new Set(both.matrix.columns[c]).size > 1);
    expect(varying.length).toBeGreaterThan(40);
  });
});
