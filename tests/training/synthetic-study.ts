/** A study of numbers made of chance: as many patients and discharges as a test wants, no records behind them. */
import { readCohortDefinition } from '../../src/cohort/index.ts';
import { selectFeatures } from '../../src/features/index.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import type { Study } from '../../src/training/index.ts';
import { groupNumbers } from '../../src/util/group-numbers.ts';
import { randomStream } from '../../src/util/random.ts';

/** Patients of 1 to 4 discharges; the outcome follows the first feature, with chance on top. */
export function syntheticStudy(seed: number, patients: number, reasonOf: (patient: number, row: number) => string | null): Study {
  const stream = randomStream(seed, 0);
  const features = selectFeatures('age_years,prior_admissions_365d,last_sodium');
  const owners = Array.from({ length: patients }, (_, p) => Array.from({ length: 1 + stream.below(4) }, () => p)).flat();
  const rows = owners.length;
  const patientIds = owners.map((p) => `Patient/p${p}`);
  const age = Float64Array.from({ length: rows }, () => 20 + stream.below(70));
  const prior = Float64Array.from({ length: rows }, () => stream.below(5));
  const sodium = Float64Array.from({ length: rows }, () => (stream.below(3) === 0 ? Number.NaN : 125 + stream.below(25)));
  const outcome = Uint8Array.from(age, (years) => (stream.uniform() < (years > 55 ? 0.6 : 0.1) ? 1 : 0));
  const dischargeMs = Float64Array.from({ length: rows }, () => Date.UTC(2019, 0, 1) + stream.below(1000) * 86_400_000);
  return {
    manifest: {
      format: 'readmission-landing',
      formatVersion: 1,
      source: { kind: 'folder', description: 'made by a test' },
      transactionTime: '2026-01-01T00:00:00Z',
      synthetic: true,
      coverage: { types: ['Patient', 'Encounter', 'Observation'], from: null },
      files: [],
    },
    manifestSha256: 'ab'.repeat(32),
    mapping: settleMapping(standardMapping, true),
    flatTables: [],
    cohort: {
      definition: readCohortDefinition('hwr-like'),
      runOut: 20260101,
      attrition: [
        { step: 30, label: 'stays', unit: 'stays', n: rows + 3 },
        { step: 40, label: 'run-out', unit: 'stays', n: 3 },
      ],
    },
    features,
    incidence: null,
    matrix: {
      features: features.features,
      rows,
      columns: [age, prior, sodium],
      indexIds: owners.map((_, row) => `Encounter/e${row}`),
      patientIds,
      groups: groupNumbers(patientIds),
      outcome,
      outcomeStates: Array.from(outcome, (y) => (y === 1 ? 'unplanned' : 'none')),
      admitMs: dischargeMs.map((ms) => ms - 86_400_000),
      dischargeMs,
      reasons: owners.map(reasonOf),
    },
    scores: {
      lace: Float64Array.from(age, (years) => Math.floor(years / 6)),
      hospital_2013: prior.map((n) => 2 * n),
      hospital_2016: prior,
      charlson: age.map((years, r) => Math.floor(years / 30) + (prior[r] as number)),
    },
    subgroups: [
      { by: 'sex', groups: ['female', 'male', 'other'], labels: owners.map((p) => (p % 2 === 0 ? 'female' : 'male')) },
      { by: 'race', groups: ['Asian', 'White'], labels: owners.map((p) => (p % 5 === 0 ? null : 'White')) },
    ],
    // A year of records before each discharge.
    recordStartMs: dischargeMs.map((ms) => ms - 365 * 86_400_000),
    asOfTrial: null,
  };
}
