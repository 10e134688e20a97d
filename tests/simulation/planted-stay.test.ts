/** Planted stays: deterministic, complete, known at their discharge, and what each cause is meant to be by the cohort's own SQL. */
import { describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { drawPlannedCause, readCauses } from '../../src/simulation/causes.ts';
import { readCourseAnalytes } from '../../src/simulation/clinical-course.ts';
import { plantDeath } from '../../src/simulation/planted-death.ts';
import { createPlanter, type PlantedStay, type StayRequest } from '../../src/simulation/planted-stay.ts';
import { readTerminology } from '../../src/terminology/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import type { Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const planter = createPlanter(7);
const startMs = Date.UTC(2020, 2, 5, 15, 22, 31);

function request(change: Partial<StayRequest> = {}): StayRequest {
  return {
    patientId: 'Patient/p',
    key: 'first',
    cause: 'heart-failure',
    startMs,
    utcOffsetMinutes: -300,
    patient: { ageYears: 74, sex: 'female', groups: new Set(), recorded: {} },
    severity: 0,
    isReturn: false,
    provider: null,
    recordedUntilMs: null,
    ...change,
  };
}

const plant = (change: Partial<StayRequest> = {}, stream = 1): PlantedStay =>
  planter.plantStay(request(change), randomStream(7, stream));
const json = (stay: PlantedStay): string => JSON.stringify(stay.resources);

/** Every time a resource states, epoch ms. */
function timesIn(value: unknown): number[] {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? [Date.parse(value)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(timesIn) : [];
}

describe('a planted stay', () => {
  it('is the same for the same request and stream, and another for another', () => {
    expect(json(plant())).toBe(json(createPlanter(7).plantStay(request(), randomStream(7, 1))));
    expect(json(plant({}, 2))).not.toBe(json(plant()));
    expect(plant({ key: 'second' }).encounterId).not.toBe(plant().encounterId);
    expect(createPlanter(8).plantStay(request(), randomStream(7, 1)).encounterId).not.toBe(plant().encounterId);
  });

  it.each(planter.causes.map(({ name }) => name))('%s: ids, tags, references and times hold together', (cause) => {
    const faults: string[] = [];
    for (let stream = 0; stream < 40; stream += 1) {
      const stay = plant({ cause, severity: (stream % 5) - 2 }, stream);
      const check = (holds: boolean, what: string): void => void (holds || faults.push(`${stream}: ${what}`));
      check(new Set(stay.resources.map(({ id }) => id)).size === stay.resources.length, 'one id twice');
      const hour = new Date(stay.dischargeMs - 300 * 60_000).getUTCHours();
      check(stay.dischargeMs - stay.admitMs >= 14 * 3_600_000 && hour >= 10 && hour < 18, 'time of discharge');
      for (const resource of stay.resources) {
        check(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(resource.id), 'form of an id');
        check(resource.meta?.tag?.[0]?.system === 'urn:fhir-readmission-risk:planted', 'tag');
        check(resource.subject?.reference === 'Patient/p', 'subject');
        if (resource.resourceType === 'Encounter') continue;
        const encounter = resource.encounter?.reference;
        check(encounter === stay.encounterId || encounter === stay.emergencyId, 'encounter');
        // The abatement is the discharge itself; everything else is known before it.
        const { abatementDateTime: _end, ...rest } = resource as fhir4.Condition;
        const times = timesIn(rest);
        check(Math.min(...times) >= (stay.emergencyStartMs ?? stay.admitMs), `${resource.resourceType} before the stay`);
        check(Math.max(...times) < stay.dischargeMs, `${resource.resourceType} not known at discharge`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('writes the hospital and the zone of the patient', () => {
    const [byReference, byIdentifier] = [plant({ provider: 'Organization/north' }), plant({ provider: 'b1' })];
    expect((byReference.resources[0] as fhir4.Encounter).serviceProvider).toEqual({ reference: 'Organization/north' });
    expect((byIdentifier.resources[0] as fhir4.Encounter).serviceProvider?.identifier?.value).toBe('b1');
    expect((plant().resources[1] as fhir4.Encounter).period?.start).toBe('2020-03-05T10:22:31-05:00');
  });

  it('stays open where the records end before it, with nothing later', () => {
    const recordedUntilMs = startMs + 3_600_000;
    const stay = plant({ recordedUntilMs });
    expect(stay.open).toBe(true);
    const inpatient = stay.resources.find(({ id }) => `Encounter/${id}` === stay.encounterId) as fhir4.Encounter;
    expect(inpatient).toMatchObject({ status: 'in-progress' });
    expect(inpatient.period?.end).toBeUndefined();
    expect(inpatient.hospitalization).toBeUndefined();
    expect(stay.resources.length).toBeGreaterThan(4);
    for (const ms of timesIn(stay.resources)) expect(ms).toBeLessThanOrEqual(recordedUntilMs);
  });

  it('records a chronic disease once', () => {
    const problems = (stay: PlantedStay): number =>
      stay.resources.filter((r) => r.resourceType === 'Condition' && r.code?.coding?.[0]?.code === '88805009').length;
    expect(problems(plant())).toBe(1);
    expect(problems(plant({ patient: { ...request().patient, groups: new Set(['charlson_chf']) } }))).toBe(0);
  });

  it('gives one patient values that are alike from stay to stay', () => {
    const haemoglobin = (patient: number, stay: number): number => {
      const { resources } = plant({ patientId: `Patient/${patient}`, key: `${stay}`, cause: 'cellulitis' }, patient * 2 + stay);
      const found = resources.findLast((r) => r.resourceType === 'Observation' && r.code.coding?.[0]?.code === '718-7');
      return (found as fhir4.Observation | undefined)?.valueQuantity?.value ?? NaN;
    };
    const pairs = Array.from({ length: 600 }, (_, i) => [haemoglobin(i, 0), haemoglobin(i, 1)] as const).filter(
      ([a, b]) => a > 0 && b > 0,
    );
    expect(pairs.length).toBeGreaterThan(400);
    const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
    const [ma, mb] = [mean(pairs.map(([a]) => a)), mean(pairs.map(([, b]) => b))];
    const spread = (of: (pair: readonly [number, number]) => number): number => mean(pairs.map(of));
    const r =
      spread(([a, b]) => (a - ma) * (b - mb)) / Math.sqrt(spread(([a]) => (a - ma) ** 2) * spread(([, b]) => (b - mb) ** 2));
    expect(r).toBeGreaterThan(0.5);
    expect(r).toBeLessThan(0.9);
  });

  it('refuses an unknown cause and a time that is none', () => {
    expect(() => plant({ cause: 'boredom' })).toThrow(/SIM_CAUSE_UNKNOWN/);
    expect(() => plant({ startMs: NaN })).toThrow(/SIM_STAY_TIME/);
  });
});

describe('the data of causes and courses', () => {
  const sets = new Map(readTerminology().sets.map((set) => [set.name, set]));

  it('names analytes, groups and drugs that the value sets know', () => {
    const analytes = readCourseAnalytes();
    for (const analyte of analytes) {
      const known = sets.get(`observation_${analyte.name}`)?.codes.map(({ code }) => code) ?? [];
      for (const { code } of analyte.codes) expect(known).toContain(code);
      for (const group of Object.keys(analyte.groups)) expect(sets.has(group)).toBe(true);
    }
    const names = new Set(analytes.map(({ name }) => name));
    for (const cause of readCauses()) {
      for (const name of [...Object.keys(cause.values), ...Object.keys(cause.measured ?? {})]) expect(names).toContain(name);
      if (cause.establishes === undefined) continue;
      expect(sets.get(cause.establishes.group)?.codes.map(({ code }) => code)).toContain(cause.establishes.code);
    }
  });

  it('draws arranged stays by weight, and none for the other sex', () => {
    const random = randomStream(1, 1);
    const drawn = Array.from({ length: 2000 }, () => drawPlannedCause(planter.causes, 'female', random));
    expect(drawn).not.toContain('prostate-removal');
    expect(new Set(drawn).size).toBe(planter.causes.filter(({ kind }) => kind === 'planned').length - 1);
  });
});

it('a planted death replaces what the record said of it', () => {
  const patient = { resourceType: 'Patient', id: 'p', gender: 'male', deceasedBoolean: true } as const;
  const dead = plantDeath(patient, startMs, -300);
  expect(dead).toMatchObject({ id: 'p', gender: 'male', deceasedDateTime: '2020-03-05T10:22:31-05:00' });
  expect(dead.deceasedBoolean).toBeUndefined();
  expect(plantDeath(dead, null, -300).deceasedDateTime).toBeUndefined();
  expect(plantDeath(dead, null, -300).meta?.tag).toHaveLength(1);
});

it('the cohort SQL reads acute causes as unplanned emergencies and arranged ones as planned', async () => {
  const stays = planter.causes.map((cause, i) => {
    const stay = planter.plantStay(request({ patientId: `Patient/p${i}`, cause: cause.name }), randomStream(3, i));
    return { cause, stay, patient: { resourceType: 'Patient', id: `p${i}`, gender: 'female', birthDate: '1946-01-02' } };
  });
  const resources = stays.flatMap(({ patient, stay }) => [patient, ...stay.resources]) as unknown as Resource[];
  const rows = await withLanding(resources, async (folder) => {
    const warehouse = await Warehouse.open();
    try {
      await loadTerminology(warehouse);
      const manifest = await readManifest(folder);
      await loadFlatTables(warehouse, folder, manifest);
      await buildCohort(warehouse, readCohortDefinition('hwr-like'), {
        transactionTime: '2026-01-01T00:00:00Z',
        runOut: 20251231,
      });
      return await warehouse.rows('SELECT discharge_id, exclusion, acute_source, planned_rule FROM discharge');
    } finally {
      await warehouse.close();
    }
  });
  expect(rows).toHaveLength(stays.length);
  const byId = new Map(rows.map((row) => [row['discharge_id'], row]));
  for (const { cause, stay } of stays) {
    const row = byId.get(stay.encounterId);
    const acute = cause.kind === 'acute';
    expect([
      cause.name,
      row?.['exclusion'],
      row?.['acute_source'] === 'emergency-encounter',
      row?.['planned_rule'] === null,
    ]).toEqual([cause.name, null, acute, acute]);
  }
});
