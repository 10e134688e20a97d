/** What an encounter is: rules in order, classes after them, hours, parts and their wholes, codes of admission and discharge, the reason. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encounterSelect } from '../../src/warehouse/index.ts';
import type { Resource } from '../cases/compact.ts';
import { BothEngines, mappingOf, rules } from './both-engines.ts';

let engines: BothEngines;
beforeAll(async () => {
  engines = await BothEngines.open();
});
afterAll(() => engines.close());

const subject = { reference: 'Patient/p' };
const encounter = (id: string, more: Record<string, unknown>): Resource => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'IMP' },
  subject,
  period: { start: '2020-01-01T08:00:00Z', end: '2020-01-03T08:00:00Z' },
  ...more,
});
const coding = (system: string | undefined, code: string): object => ({ coding: [{ ...(system && { system }), code }] });
const standard = mappingOf({});
const local = 'urn:oid:1.2.3';

describe('kind', () => {
  it('is decided by the class without a mapping', async () => {
    const expected = {
      ...{
        IMP: 'inpatient',
        ACUTE: 'inpatient',
        NONAC: 'inpatient',
        EMER: 'emergency',
        OBSENC: 'observation',
        SS: 'observation',
      },
      ...{ AMB: 'outpatient', HH: 'home', VR: 'other', imp: 'other' },
    };
    const lines = Object.keys(expected).map((code) => encounter(`of-${code}`, { class: { code } }));
    const found = await engines.encounters(standard, [...lines, encounter('none', { class: undefined })]);
    for (const [code, kind] of Object.entries(expected)) expect([code, found[`of-${code}`]?.['kind']]).toEqual([code, kind]);
    expect(found['none']?.['kind']).toBe('other');
  });

  it('tells nursing under the inpatient class by type or reason, under any name of SNOMED CT', async () => {
    const sct = 'http://snomed.info/sct';
    const found = await engines.encounters(standard, [
      encounter('type', { type: [coding(sct, '449411000124106')] }),
      encounter('reason', { reasonCode: [coding('urn:oid:2.16.840.1.113883.6.96', '25675004')] }),
      encounter('second', {
        type: [
          {
            coding: [
              { system: sct, code: '1' },
              { system: sct, code: '449411000124106' },
            ],
          },
        ],
      }),
      encounter('visit', { class: { code: 'AMB' }, type: [coding(sct, '449411000124106')] }),
      encounter('local', { type: [coding(local, '449411000124106')] }),
    ]);
    const kinds = Object.fromEntries(Object.entries(found).map(([id, row]) => [id, row['kind']]));
    expect(kinds).toEqual({ type: 'nursing', reason: 'nursing', second: 'nursing', visit: 'outpatient', local: 'inpatient' });
  });

  it.each([
    ['inpatient', "class.system = 'urn:oid:1.2.3' and class.code = '101'", { class: { system: local, code: '101' } }],
    ['emergency', "type.coding.where(system = 'urn:oid:1.2.3' and code = 'ED').exists()", { type: [coding(local, 'ED')] }],
    ['observation', "serviceType.coding.where(code = 'OBS').exists()", { serviceType: coding(local, 'OBS') }],
    ['nursing', "identifier.where(system = 'urn:snf').exists()", { identifier: [{ system: 'urn:snf', value: '1' }] }],
    ['ignored', "meta.profile.where($this = 'http://x/Shell').exists()", { meta: { profile: ['http://y', 'http://x/Shell'] } }],
    ['other', "length.value >= 100 and length.code = 'd'", { length: { value: 120, code: 'd' } }],
    [
      'outpatient',
      "location.where(location.reference.startsWith('Location/clinic')).exists()",
      { location: [{ location: { reference: 'Location/clinic-7' } }] },
    ],
    [
      'home',
      "extension('urn:at-home').value.ofType(boolean).first()",
      { extension: [{ url: 'urn:at-home', valueBoolean: true }] },
    ],
  ])('%s by rule: %s', async (kind, when, more) => {
    const found = await engines.encounters(mappingOf(rules({ kind, when })), [
      encounter('yes', more),
      encounter('no', { class: { code: 'AMB' } }),
    ]);
    expect(found['yes']?.['kind']).toBe(kind);
    expect(found['no']?.['kind']).toBe('outpatient');
  });

  it('is decided by the first rule that holds, and by the class where none does', async () => {
    const mapping = mappingOf(
      rules(
        { kind: 'ignored', when: "class.code = 'X' and serviceType.exists()" },
        { kind: 'observation', when: "class.code = 'X'" },
        { kind: 'other', when: "class.code = 'X'" },
      ),
    );
    const found = await engines.encounters(mapping, [
      encounter('both', { class: { code: 'X' }, serviceType: coding(local, '1') }),
      encounter('second', { class: { code: 'X' } }),
      encounter('none', { class: { code: 'EMER' } }),
    ]);
    expect([found['both']?.['kind'], found['second']?.['kind'], found['none']?.['kind']]).toEqual([
      'ignored',
      'observation',
      'emergency',
    ]);
  });

  it('asks for hours at both edges; without an end no hours fit', async () => {
    const mapping = mappingOf(
      rules(
        { kind: 'inpatient', when: "class.code = 'EMER'", hours: { atLeast: 24 } },
        { kind: 'observation', when: "class.code = 'EMER'", hours: { atLeast: 8, below: 24 } },
      ),
    );
    const lasting = (id: string, end: string | undefined): Resource =>
      encounter(id, { class: { code: 'EMER' }, period: { start: '2020-01-01T08:00:00Z', ...(end && { end }) } });
    const found = await engines.encounters(mapping, [
      lasting('day', '2020-01-02T08:00:00Z'),
      lasting('less', '2020-01-02T07:59:59.999Z'),
      lasting('eight', '2020-01-01T16:00:00Z'),
      lasting('short', '2020-01-01T15:59:59Z'),
      lasting('open', undefined),
    ]);
    const kinds = Object.fromEntries(Object.entries(found).map(([id, row]) => [id, row['kind']]));
    expect(kinds).toEqual({ day: 'inpatient', less: 'observation', eight: 'observation', short: 'emergency', open: 'emergency' });
  });
});

it('is found by joins of equalities alone, which need no comparison of every encounter with every other', () => {
  const sql = encounterSelect(mappingOf(rules({ kind: 'part-of', when: 'partOf.exists()' })));
  const plain = sql.replaceAll(/CASE(?:(?!CASE)[\s\S])*?END/g, 'x').replaceAll(/COALESCE\([^()]*\)/g, 'x');
  const joins = [...plain.matchAll(/JOIN \w+ \w+ ON (.*)/g)].map(([, on]) => on ?? '');
  expect(joins).toHaveLength(sql.split('JOIN').length - 1);
  expect(joins.length).toBeGreaterThan(8);
  for (const condition of joins.flatMap((on) => on.split(' AND '))) {
    expect(condition.replace(/\),?$/, '').trim()).toMatch(/^[\w.]+ = ('\w+'|[\w.]+)$/);
  }
});

describe('part-of', () => {
  const partOf = mappingOf(rules({ kind: 'part-of', when: "partOf.exists() and class.code = 'IMP'" }));
  const within = (id: string, whole: string, start: string, end: string | null, more: Record<string, unknown> = {}): Resource =>
    encounter(id, { partOf: { reference: `Encounter/${whole}` }, period: { start, ...(end && { end }) }, ...more });
  const end = (row: Record<string, unknown> | undefined): unknown => row?.['period_end_ms'];

  it('gives the whole its latest end, through levels, and what was recorded in it', async () => {
    const lines = [
      encounter('whole', { period: { start: '2020-01-01T08:00:00Z' } }),
      within('ward', 'department', '2020-01-02T08:00:00Z', '2020-01-09T10:00:00Z'),
      within('department', 'whole', '2020-01-01T08:00:00Z', '2020-01-08T10:00:00Z'),
      'Procedure x code=116861002 on=2020-01-05T06:00:00Z in=ward',
      'Order m code=855332 on=2020-01-05 in=department',
      'Condition c code=44054006 from=2019 in=ward',
      'Observation o code=2951-2 value=140 unit=mmol/L on=2020-01-05T08:00:00Z in=department',
      'Observation elsewhere code=2951-2 value=140 unit=mmol/L on=2020-01-05T08:00:00Z in=unknown',
    ];
    const found = await engines.encounters(partOf, lines);
    expect(end(found['whole'])).toBe(Date.parse('2020-01-09T10:00:00Z'));
    expect(found['whole']).toMatchObject({
      kind: 'inpatient',
      whole_id: null,
      period_end_ymd: 20200109,
      period_end_precision: 4,
    });
    expect(found['ward']).toMatchObject({ kind: 'part-of', whole_id: 'Encounter/whole' });
    expect(found['department']).toMatchObject({ kind: 'part-of', whole_id: 'Encounter/whole' });
    for (const table of ['procedure', 'medication_request', 'condition', 'observation'] as const) {
      const rows = await engines.rows(partOf, lines, table);
      const expected = table === 'observation' ? ['Encounter/unknown', 'Encounter/whole'] : ['Encounter/whole'];
      expect(rows.map((row) => row['encounter_id']).sort()).toEqual(expected);
    }
  });

  it('keeps the own end of the whole where that is later, and takes a part that ends later', async () => {
    const found = await engines.encounters(partOf, [
      encounter('long', { period: { start: '2020-01-01T08:00:00Z', end: '2020-01-10' } }),
      within('l', 'long', '2020-01-01T08:00:00Z', '2020-01-08T10:00:00Z'),
      encounter('early', { period: { start: '2020-01-01T08:00:00Z', end: '2020-01-07T10:00:00Z' } }),
      within('e', 'early', '2020-01-01T08:00:00Z', '2020-01-08T10:00:00Z'),
    ]);
    expect(found['long']).toMatchObject({ period_end_ymd: 20200110, period_end_precision: 3 });
    expect(end(found['early'])).toBe(Date.parse('2020-01-08T10:00:00Z'));
  });

  it('leaves a whole open that is not finished, and counts no part that did not take place', async () => {
    const found = await engines.encounters(partOf, [
      encounter('open', { status: 'in-progress', period: { start: '2020-01-01T08:00:00Z' } }),
      within('o', 'open', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      encounter('done', { period: {} }),
      within('d1', 'done', '2020-02-01T08:00:00Z', '2020-02-02T10:00:00Z'),
      within('d2', 'done', '2020-01-31T08:00:00Z', '2020-03-02T10:00:00Z', { status: 'cancelled' }),
    ]);
    expect(end(found['open'])).toBeNull();
    expect(end(found['done'])).toBe(Date.parse('2020-02-02T10:00:00Z'));
    expect(found['done']?.['period_start_ms']).toBe(Date.parse('2020-02-01T08:00:00Z'));
  });

  it('does not lose a part without its whole, one of another patient, or a circle', async () => {
    const found = await engines.encounters(partOf, [
      within('orphan', 'nowhere', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      within('self', 'self', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      within('ring-a', 'ring-b', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      within('ring-b', 'ring-a', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      encounter('other', { subject: { reference: 'Patient/q' } }),
      within('stray', 'other', '2020-01-01T08:00:00Z', '2020-01-02T10:00:00Z'),
      within('below-orphan', 'orphan', '2020-01-01T08:00:00Z', '2020-01-04T10:00:00Z'),
    ]);
    for (const id of ['orphan', 'self', 'ring-a', 'ring-b', 'stray']) {
      expect({ id, ...found[id] }).toMatchObject({ id, kind: 'inpatient', whole_id: null });
    }
    expect(found['below-orphan']).toMatchObject({ kind: 'part-of', whole_id: 'Encounter/orphan' });
    expect(end(found['orphan'])).toBe(Date.parse('2020-01-04T10:00:00Z'));
  });

  it('gives an orphan the next rule that holds', async () => {
    const mapping = mappingOf(
      rules({ kind: 'part-of', when: 'partOf.exists()' }, { kind: 'observation', when: "class.code = 'IMP'" }),
    );
    const found = await engines.encounters(mapping, [within('orphan', 'nowhere', '2020-01-01T08:00:00Z', null)]);
    expect(found['orphan']?.['kind']).toBe('observation');
  });

  it('gives a whole without a reason that of its first part', async () => {
    const reason = (code: string): Record<string, unknown> => ({ reasonCode: [coding('http://snomed.info/sct', code)] });
    const found = await engines.encounters(partOf, [
      encounter('whole', {}),
      within('late', 'whole', '2020-01-02T08:00:00Z', null, reason('2')),
      within('first', 'whole', '2020-01-01T08:00:00Z', null, reason('1')),
      encounter('own', reason('3')),
      within('of-own', 'own', '2020-01-01T08:00:00Z', null, reason('1')),
    ]);
    expect(found['whole']).toMatchObject({ reason_code: '1', reason_source: 'reason' });
    expect(found['own']?.['reason_code']).toBe('3');
  });
});

describe('codes of admission and discharge', () => {
  const nubc = 'https://www.nubc.org/CodeSystem/PatDischargeStatus';
  const left = (system: string | undefined, code: string): Record<string, unknown> => ({
    hospitalization: { dischargeDisposition: coding(system, code) },
  });

  it('need no mapping where they are standard, and have no meaning in an unknown system', async () => {
    const found = await engines.encounters(standard, [
      encounter('nubc', left(nubc, '07')),
      encounter('synthea', left('http://www.nubc.org/patient-discharge', '1')),
      encounter('hl7', left('http://terminology.hl7.org/CodeSystem/discharge-disposition', 'exp')),
      encounter('none', left(undefined, '20')),
      encounter('local', left(local, '20')),
      encounter('unknown', left(nubc, '999')),
      encounter('absent', {}),
      encounter('second', {
        hospitalization: {
          dischargeDisposition: {
            coding: [
              { system: local, code: 'H' },
              { system: nubc, code: '02' },
            ],
          },
        },
      }),
      encounter('source', {
        hospitalization: { admitSource: coding('http://terminology.hl7.org/CodeSystem/admit-source', 'emd') },
        priority: coding('http://terminology.hl7.org/CodeSystem/v3-ActPriority', 'EL'),
      }),
    ]);
    const meanings = Object.fromEntries(Object.entries(found).map(([id, row]) => [id, row['disposition']]));
    expect(meanings).toEqual({
      ...{ nubc: 'against-advice', synthea: 'home', hl7: 'expired', none: 'expired', local: null, unknown: null },
      ...{ absent: null, second: 'acute-transfer', source: null },
    });
    expect(found['second']?.['disposition_code']).toBe('H');
    expect(found['source']).toMatchObject({ admit_source: 'emergency', admit_priority: 'elective' });
  });

  it('are those of the hospital where it says so, and from where it says', async () => {
    const path = "hospitalization.dischargeDisposition.extension('urn:grund').value.ofType(Coding)";
    const mapping = mappingOf({
      encounter: {
        disposition: { path, codes: [{ system: 'urn:de', code: '07', meaning: 'expired' }] },
        admitSource: {
          codes: [
            { system: null, code: 'N', meaning: 'emergency' },
            { system: null, code: 'emd', meaning: 'other' },
          ],
        },
        priority: { codes: [{ system: local, code: '1', meaning: 'urgent' }] },
      },
    });
    const grund = { extension: [{ url: 'urn:grund', valueCoding: { system: 'urn:de', code: '07' } }] };
    const found = await engines.encounters(mapping, [
      encounter('a', {
        hospitalization: { dischargeDisposition: { ...grund, ...coding(nubc, '07') }, admitSource: coding(undefined, 'N') },
        priority: coding(local, '1'),
      }),
      encounter('b', { hospitalization: { admitSource: coding(undefined, 'emd') } }),
    ]);
    expect(found['a']).toMatchObject({
      disposition: 'expired',
      disposition_code: '07',
      admit_source: 'emergency',
      admit_priority: 'urgent',
    });
    expect(found['b']).toMatchObject({ disposition: null, admit_source: 'other' });
  });
});

describe('reason', () => {
  const sct = 'http://snomed.info/sct';
  const icd = 'http://hl7.org/fhir/sid/icd-10-cm';
  const condition = (id: string, ...codes: [string, string][]): Resource => ({
    resourceType: 'Condition',
    id,
    subject,
    code: { coding: codes.map(([system, code]) => ({ system, code, display: `${code}!` })) },
  });
  const use = (code: string): object => ({ coding: [{ code }] });
  const ref = (id: string): object => ({ reference: `Condition/${id}` });

  it('is SNOMED CT before ICD-10, and ICD-10 in the one form', async () => {
    const found = await engines.encounters(standard, [
      encounter('both', {
        reasonCode: [
          {
            coding: [
              { system: icd, code: 'I50.9' },
              { system: sct, code: '88805009', display: 'HF' },
            ],
          },
        ],
      }),
      encounter('icd', {
        reasonCode: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.6.90', code: 'i50.9', display: 'HF' }] }],
      }),
      encounter('local', { reasonCode: [coding(local, 'x')] }),
    ]);
    expect(found['both']).toMatchObject({
      reason_system: sct,
      reason_code: '88805009',
      reason_display: 'HF',
      reason_source: 'reason',
    });
    expect(found['icd']).toMatchObject({
      reason_system: icd,
      reason_code: 'I509',
      reason_display: 'HF',
      reason_source: 'reason',
    });
    expect(found['local']).toMatchObject({ reason_system: null, reason_code: null, reason_source: null });
  });

  it('is found through a condition where none is coded', async () => {
    const found = await engines.encounters(standard, [
      condition('hf', [icd, 'I50.9'], [sct, '88805009']),
      condition('copd', [icd, 'J44.1']),
      condition('refuted', [icd, 'J44.1']),
      encounter('reference', { reasonReference: [ref('copd')], diagnosis: [{ condition: ref('hf'), rank: 1 }] }),
      encounter('admission', {
        diagnosis: [
          { condition: ref('hf'), use: use('AD'), rank: 1 },
          { condition: ref('copd'), use: use('DD') },
        ],
      }),
      encounter('rank', {
        diagnosis: [
          { condition: ref('copd'), rank: 2 },
          { condition: ref('hf'), rank: 1 },
        ],
      }),
      encounter('principal', {
        diagnosis: [
          { condition: ref('copd'), rank: 1 },
          { condition: ref('hf'), use: use('principal') },
        ],
      }),
      encounter('discharge', {
        diagnosis: [
          { condition: ref('hf'), use: use('CM') },
          { condition: ref('copd'), use: use('DD') },
        ],
      }),
      encounter('coded', { reasonCode: [coding(sct, '1')], diagnosis: [{ condition: ref('hf'), rank: 1 }] }),
      encounter('dangling', { diagnosis: [{ condition: ref('nowhere'), rank: 1 }] }),
    ]);
    const reasons = Object.fromEntries(
      Object.entries(found).map(([id, row]) => [id, [row['reason_code'], row['reason_source']]]),
    );
    expect(reasons).toEqual({
      reference: ['J441', 'reason'],
      admission: ['88805009', 'reason'],
      rank: ['88805009', 'diagnosis'],
      principal: ['88805009', 'diagnosis'],
      discharge: ['J441', 'diagnosis'],
      coded: ['1', 'reason'],
      dangling: [null, null],
    });
    expect(found['rank']).toMatchObject({ reason_system: sct, reason_display: '88805009!' });
  });
});
