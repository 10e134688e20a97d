/**
 * Pruning, on five patients as Synthea 3.3.0 wrote them (tests/fixtures/synthea-raw): bypass surgery and 44 chemotherapy stays, a
 * bypass chain, four stays for heart failure, a nursing stay, and one patient who never was an inpatient.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { keptTypes, type KeptType, type SyntheaRecord } from '../../scripts/generate-synthea/kept-elements.ts';
import { patientOf } from '../../scripts/generate-synthea/kept-records.ts';
import { pruneFolder, type PruneReport } from '../../scripts/generate-synthea/prune.ts';
import { landingFiles, readManifest, verifyLanding } from '../../src/fhir/landing.ts';
import { randomStream, type RandomStream } from '../../src/util/random.ts';

const fixture = fileURLToPath(new URL('../fixtures/synthea-raw/', import.meta.url));
const outpatient = '4f06183f-5015-7b28-c8e9-6499703182a0';
type Raw = Record<KeptType, string[]>;

let work: string;
let raw: Raw;
let out: string;
let report: PruneReport;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'prune-'));
  raw = Object.fromEntries(await Promise.all(keptTypes.map(async (type) => [type, await rawLines(type)]))) as Raw;
  out = join(work, 'pruned');
  report = await pruneFolder(fixture, out);
});
afterAll(() => rm(work, { recursive: true, force: true }));

describe('records', () => {
  test('the folder is a landing folder whose manifest describes every byte', async () => {
    const manifest = await verifyLanding(out);
    expect(manifest.source.kind).toBe('synthea');
    expect(manifest.transactionTime).toBe('2026-01-01T00:00:00Z');
    expect(manifest.coverage).toEqual({ types: [...keptTypes], from: null, historyYears: 10 });
    expect(manifest.pruning).toContain('at least one encounter of class IMP');
    expect(manifest.generator).toMatchObject({
      version: '3.3.0',
      seed: '20261124',
      clinicianSeed: '20261124',
      population: '1500',
      ages: '40-95',
      referenceDate: '20260101',
      endDate: '20260101',
      yearsOfHistory: '10',
      state: 'Massachusetts',
    });
    expect(manifest.generator?.['options']).toMatch(/^-s 20261124 -cs 20261124 -r 20260101 .* Massachusetts$/);
    expect((await readdir(out)).sort()).toEqual([...keptTypes.map((type) => `${type}.ndjson.gz`), 'manifest.json'].sort());
  });

  test('the fixture itself can be read as a landing folder, unpruned', async () => {
    const manifest = await verifyLanding(fixture);
    expect(manifest.files.map((file) => file.type)).toEqual([...keptTypes]);
  });

  test('inpatients stay, with every encounter, condition and medication order; others go', async () => {
    for (const type of ['Patient', 'Encounter', 'Condition', 'MedicationRequest'] as const) {
      const expected = records(raw[type]).filter((record) => patientOf(record) !== outpatient);
      expect(expected.length).toBeGreaterThan(3);
      expect(expected.length).toBeLessThan(raw[type].length);
      expect(ids(await prunedLines(out, type))).toEqual(ids(expected.map((record) => JSON.stringify(record))));
    }
    expect(report.patients).toBe(4);
  });

  test('observations stay by code, and by the class of their encounter unless the analyte is a slow one', async () => {
    const kept = new Set(ids(await prunedLines(out, 'Observation')));
    const classes = new Map(records(raw.Encounter).map((e) => [`Encounter/${e.id}`, (e as fhir4.Encounter).class.code ?? '']));
    const seen = (code: string, hospital: boolean): boolean[] =>
      (records(raw.Observation) as fhir4.Observation[])
        .filter((o) => patientOf(o) !== outpatient && o.code.coding?.[0]?.code === code)
        .filter((o) => ['IMP', 'EMER'].includes(classes.get(o.encounter?.reference ?? '') ?? '') === hospital)
        .map((o) => kept.has(o.id ?? ''));
    const all = (found: boolean[], value: boolean): void => {
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(found)).toEqual(new Set([value]));
    };
    all(seen('718-7', true), true); // haemoglobin, of the catalogue
    all(seen('718-7', false), false);
    all(seen('85354-9', false), false); // blood pressure, a panel
    all(seen('39156-5', false), true); // body mass index, slow
    all(seen('72166-2', false), true); // smoking status, slow and coded
    all(seen('29463-7', false), false); // body weight, not of the catalogue
    all(seen('93025-5', false), false); // a panel without a component of the catalogue
  });

  test('procedures stay with inpatient and emergency encounters', async () => {
    const classes = new Map(records(raw.Encounter).map((e) => [`Encounter/${e.id}`, (e as fhir4.Encounter).class.code ?? '']));
    const kept = records(await prunedLines(out, 'Procedure')) as fhir4.Procedure[];
    const expected = (records(raw.Procedure) as fhir4.Procedure[]).filter(
      (p) => patientOf(p) !== outpatient && ['IMP', 'EMER'].includes(classes.get(p.encounter?.reference ?? '') ?? ''),
    );
    expect(expected.length).toBeGreaterThan(100);
    expect(kept.map((p) => p.id).sort()).toEqual(expected.map((p) => p.id).sort());
  });

  test('an observation or a procedure that names no encounter stays, a panel by the codes of its components', async () => {
    const kept = { Observation: ids(await prunedLines(out, 'Observation')), Procedure: ids(await prunedLines(out, 'Procedure')) };
    const changed = { Observation: [...raw.Observation], Procedure: [...raw.Procedure] };
    const added = { Observation: [] as string[], Procedure: [] as string[] };
    const dropped = [
      ['Observation', '2345-7'], // glucose of an ambulatory visit
      ['Observation', '85354-9'], // blood pressure of an ambulatory visit
      ['Procedure', '710824005'], // assessment of needs at an ambulatory visit
    ] as const;
    for (const [type, code] of dropped) {
      const index = raw[type].findIndex(
        (line) => line.includes(`"code":"${code}"`) && !line.includes(outpatient) && !kept[type].includes(idOf(line)),
      );
      const line = raw[type][index] ?? '';
      expect(line).toContain('"encounter":');
      changed[type][index] = line.replace(/"encounter":\{[^}]*\},/, '');
      added[type].push(idOf(line));
    }
    const target = join(work, 'no-encounter-out');
    await pruneFolder(await rawFolder('no-encounter', { ...raw, ...changed }), target);
    for (const type of ['Observation', 'Procedure'] as const) {
      expect(ids(await prunedLines(target, type))).toEqual([...kept[type], ...added[type]].sort());
    }
  });
});

describe('elements', () => {
  const elements: Record<KeptType, { required: string[]; optional: string[] }> = {
    Patient: {
      required: ['resourceType', 'id', 'extension', 'identifier', 'gender', 'birthDate'],
      optional: ['deceasedDateTime'],
    },
    Encounter: {
      required: ['resourceType', 'id', 'status', 'class', 'type', 'subject', 'period', 'serviceProvider'],
      optional: ['reasonCode', 'hospitalization'],
    },
    Condition: {
      required: [
        'resourceType',
        'id',
        'clinicalStatus',
        'verificationStatus',
        'category',
        'code',
        'subject',
        'encounter',
        'onsetDateTime',
      ],
      optional: ['recordedDate', 'abatementDateTime'],
    },
    Observation: {
      required: ['resourceType', 'id', 'status', 'code', 'subject', 'encounter', 'effectiveDateTime', 'issued'],
      optional: ['valueQuantity', 'valueCodeableConcept', 'component'],
    },
    Procedure: { required: ['resourceType', 'id', 'status', 'code', 'subject', 'encounter'], optional: ['performedPeriod'] },
    MedicationRequest: {
      required: ['resourceType', 'id', 'status', 'intent', 'medicationCodeableConcept', 'subject', 'encounter', 'authoredOn'],
      optional: [],
    },
  };

  test('only the kept ones are there, in the order of the raw record, and none is empty', async () => {
    for (const type of keptTypes) {
      const lines = await prunedLines(out, type);
      expect(lines.length).toBeGreaterThan(3);
      const rawById = new Map(raw[type].map((line) => [idOf(line), line]));
      for (const line of lines) {
        const keys = Object.keys(JSON.parse(line) as object);
        expect(keys).toEqual(expect.arrayContaining(elements[type].required));
        expect([...elements[type].required, ...elements[type].optional]).toEqual(expect.arrayContaining(keys));
        const rawKeys = Object.keys(JSON.parse(rawById.get(idOf(line)) ?? '{}') as object);
        expect(keys).toEqual(rawKeys.filter((key) => keys.includes(key)));
        expect(line).not.toMatch(/\{\}|\[\]|null|"text":|"meta":|"div":/);
      }
    }
  });

  test('what is kept is kept as it was: every value is that of the raw record, numbers digit by digit', async () => {
    for (const type of keptTypes) {
      const rawById = new Map(raw[type].map((line) => [idOf(line), line]));
      for (const line of await prunedLines(out, type)) {
        const source = rawById.get(idOf(line)) ?? '';
        expect(firstForeign(withoutProvider(JSON.parse(line)), JSON.parse(source))).toBeNull();
        for (const [number] of line.matchAll(/"value":-?[\d.eE+-]+[,}]/g)) expect(source).toContain(number);
      }
    }
  });

  test('an encounter in full', async () => {
    const line = (await prunedLines(out, 'Encounter')).find(
      (text) => text.includes('hospitalization') && text.includes('reasonCode'),
    );
    const source = raw.Encounter.find((text) => idOf(text) === idOf(line ?? '')) ?? '';
    const [, system, value] = /"Organization\?identifier=([^|]+)\|([^"]+)"/.exec(source) ?? [];
    const encounter = JSON.parse(line ?? '') as fhir4.Encounter;
    expect(encounter.serviceProvider).toEqual({ identifier: { system, value } });
    expect(Object.keys(encounter.hospitalization ?? {})).toEqual(['dischargeDisposition']);
    expect(Object.keys(encounter.hospitalization?.dischargeDisposition ?? {})).toEqual(['coding']);
    expect(Object.keys(encounter.subject ?? {})).toEqual(['reference']);
    expect(encounter.type?.map((type) => Object.keys(type))).toEqual([['coding']]);
  });

  test('of a patient no name, address, number or contact stays', async () => {
    for (const line of await prunedLines(out, 'Patient')) {
      const patient = JSON.parse(line) as fhir4.Patient;
      expect(patient.identifier).toEqual([{ system: 'https://github.com/synthetichealth/synthea', value: patient.id }]);
      expect(patient.extension?.map((extension) => extension.url.split('/').at(-1))).toEqual([
        'us-core-race',
        'us-core-ethnicity',
      ]);
    }
  });
});

describe('order', () => {
  test('lines are ordered by patient, then date, then id', async () => {
    const dates = (e: fhir4.Encounter): string => [patientOf(e), e.period?.start, e.id].join(' ');
    const keys = (records(await prunedLines(out, 'Encounter')) as fhir4.Encounter[]).map(dates);
    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('the same records in another order give the same bytes', async () => {
    const random = randomStream(7, 0);
    const shuffled = Object.fromEntries(keptTypes.map((type) => [type, shuffle(raw[type], random)])) as Raw;
    expect(shuffled.Observation).not.toEqual(raw.Observation);
    await pruneFolder(await rawFolder('shuffled', shuffled), join(work, 'shuffled-out'));
    for (const name of await readdir(out)) {
      expect((await readFile(join(work, 'shuffled-out', name))).equals(await readFile(join(out, name)))).toBe(true);
    }
  });

  test('a large type becomes several files, which hold the same lines and split no patient', async () => {
    const parts = join(work, 'parts');
    await pruneFolder(fixture, parts, { linesPerFile: 30 });
    const manifest = await verifyLanding(parts);
    const paths = landingFiles(manifest, parts, 'Encounter');
    expect(paths.length).toBeGreaterThan(1);
    const byFile = await Promise.all(paths.map(async (path) => linesOf(gunzipSync(await readFile(path)).toString('utf8'))));
    expect(byFile.flat()).toEqual(await prunedLines(out, 'Encounter'));
    const owners = byFile.map((lines) => new Set(records(lines).map(patientOf)));
    expect(owners.reduce((sum, set) => sum + set.size, 0)).toBe(4);
  });
});

describe('refusals', () => {
  const refused = async (name: string, changed: Raw, code: string): Promise<void> => {
    const folder = await rawFolder(name, changed);
    const target = join(work, `${name}-out`);
    await expect(pruneFolder(folder, target)).rejects.toMatchObject({ code });
    expect((await readdir(work)).filter((entry) => entry.includes(`${name}-out`))).toEqual([]);
  };

  test('a folder that is not empty is not written to', async () => {
    const full = join(work, 'full');
    await mkdir(full);
    await writeFile(join(full, 'notes.txt'), 'mine');
    await expect(pruneFolder(fixture, full)).rejects.toMatchObject({ code: 'SYNTHEA_OUT_NOT_EMPTY' });
    expect(await readdir(full)).toEqual(['notes.txt']);
  });

  test('an empty folder is filled', async () => {
    const empty = join(work, 'empty');
    await mkdir(empty);
    await pruneFolder(fixture, empty);
    expect((await readManifest(empty)).files).toEqual((await readManifest(out)).files);
  });

  test('a run without its metadata, or with fewer patients than it says, did not finish', async () => {
    const folder = await rawFolder('no-metadata', raw);
    await rm(join(folder, 'metadata'), { recursive: true });
    await expect(pruneFolder(folder, join(work, 'x'))).rejects.toMatchObject({ code: 'SYNTHEA_UNFINISHED' });
    await refused('one-patient-less', { ...raw, Patient: raw.Patient.slice(1) }, 'SYNTHEA_UNFINISHED');
  });

  test('two runs in one folder', async () => {
    const folder = await rawFolder('two-runs', raw);
    const [name = ''] = await readdir(join(folder, 'metadata'));
    await cp(join(folder, 'metadata', name), join(folder, 'metadata', name.replace('2026', '2027')));
    await expect(pruneFolder(folder, join(work, 'x'))).rejects.toMatchObject({ code: 'SYNTHEA_METADATA' });
    const bypass = raw.Condition.find((line) => !line.includes(outpatient)) ?? '';
    await refused('twice', { ...raw, Condition: [...raw.Condition, bypass] }, 'SYNTHEA_DUPLICATE');
  });

  test('a torn line, a record of another type or without its patient', async () => {
    await refused('torn', { ...raw, Procedure: [...raw.Procedure, '{"resourceType":"Proc'] }, 'SYNTHEA_RECORD');
    await refused('other-type', { ...raw, Procedure: [...raw.Procedure, raw.Condition[0] ?? ''] }, 'SYNTHEA_RECORD');
    const orphan = (raw.Condition[0] ?? '').replace(/"subject":\{[^}]*\},/, '');
    await refused('orphan', { ...raw, Condition: [...raw.Condition, orphan] }, 'SYNTHEA_RECORD');
  });

  test('patients of another source', async () => {
    const foreign = Object.fromEntries(
      keptTypes.map((type) => [type, raw[type].map((line) => line.replaceAll('7428ffac-', 'patient-'))]),
    ) as Raw;
    await refused('foreign', foreign, 'SYNTHEA_ID');
  });

  test('a cancelled run leaves nothing behind', async () => {
    const stop = new AbortController();
    const target = join(work, 'cancelled');
    const onProgress = ({ task }: { task: string }): void => {
      if (task === 'Condition') stop.abort();
    };
    await expect(pruneFolder(fixture, target, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await readdir(work)).filter((entry) => entry.includes('cancelled'))).toEqual([]);
  });
});

async function rawLines(type: KeptType): Promise<string[]> {
  return linesOf(gunzipSync(await readFile(join(fixture, 'fhir', `${type}.ndjson.gz`))).toString('utf8'));
}

async function prunedLines(dir: string, type: KeptType): Promise<string[]> {
  return linesOf(gunzipSync(await readFile(join(dir, `${type}.ndjson.gz`))).toString('utf8'));
}

/** A raw folder with these lines, plain, and the metadata of the fixture. */
async function rawFolder(name: string, lines: Raw): Promise<string> {
  const folder = join(work, name);
  await mkdir(join(folder, 'fhir'), { recursive: true });
  await cp(join(fixture, 'metadata'), join(folder, 'metadata'), { recursive: true });
  for (const type of keptTypes) await writeFile(join(folder, 'fhir', `${type}.ndjson`), `${lines[type].join('\n')}\n`);
  return folder;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function records(lines: readonly string[]): SyntheaRecord[] {
  return lines.map((line) => JSON.parse(line) as SyntheaRecord);
}

function idOf(line: string): string {
  return (JSON.parse(line) as { id: string }).id;
}

function ids(lines: readonly string[]): string[] {
  return lines.map(idOf).sort();
}

/** The path of the first part of `value` that `source` does not hold at the same place, list members in order; null when all is there. */
function firstForeign(value: unknown, source: unknown, path = ''): string | null {
  if (Array.isArray(value)) {
    let next = 0;
    const from = Array.isArray(source) ? source : [];
    for (const [i, item] of value.entries()) {
      while (next < from.length && firstForeign(item, from[next]) !== null) next += 1;
      if (next === from.length) return `${path}[${i}]`;
      next += 1;
    }
    return null;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const foreign = firstForeign(item, (source as Record<string, unknown> | undefined)?.[key], `${path}.${key}`);
      if (foreign !== null) return foreign;
    }
    return null;
  }
  return value === source ? null : path;
}

function withoutProvider(record: unknown): unknown {
  const { serviceProvider: _rewritten, ...rest } = record as Record<string, unknown>;
  return rest;
}

function shuffle(lines: readonly string[], random: RandomStream): string[] {
  const result = [...lines];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j] ?? '', result[i] ?? ''];
  }
  return result;
}
