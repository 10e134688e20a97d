/** Nothing of a patient leaves the server by another way than the answer: not the log, not an error, not a metric. */
import { afterEach, expect, test } from '@jest/globals';
import { ScoringError } from '../../src/errors.ts';
import { readPatientBundle } from '../../src/scoring/bundle.ts';
import type { BundleRequest } from '../../src/scoring/index.ts';
import { answer, closeAll, serve } from './support/served.ts';

afterEach(closeAll);

const canary = /ZZPHI|1931-12-24/;

function patientBundle(changes: { patient?: object; condition?: object; more?: { resourceType: string; id: string }[] } = {}) {
  const resources = [
    { resourceType: 'Patient', id: 'ZZPHI-1', name: [{ family: 'ZZPHI' }], birthDate: '1931-12-24', ...changes.patient },
    {
      resourceType: 'Encounter',
      id: 'ZZPHI-2',
      status: 'finished',
      subject: { reference: 'Patient/ZZPHI-1' },
      class: { code: 'IMP' },
    },
    {
      resourceType: 'Condition',
      id: 'ZZPHI-3',
      subject: { reference: 'Patient/ZZPHI-1' },
      note: [{ text: 'ZZPHI' }],
      ...changes.condition,
    },
    ...(changes.more ?? []),
  ];
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `urn:ZZPHI:${resource.resourceType}`, resource })),
  };
}

/** Reads the Bundle with the real code, then refuses it or answers. */
function scoring(request: unknown) {
  const { bundle, encounter } = request as BundleRequest;
  const { resources } = readPatientBundle(bundle);
  if (!(resources.get('Encounter') ?? []).some((resource) => (resource as { id: string }).id === encounter)) {
    throw new ScoringError('SCORING_ENCOUNTER_UNKNOWN', `expected Encounter/${encounter} among the entries, found none`);
  }
  return answer;
}

const encounter = 'ZZPHI-2';
const whole = { bundle: patientBundle(), encounter };
const requests: readonly (readonly [string, unknown, number])[] = [
  ['a sound request', whole, 200],
  ['another encounter', { ...whole, encounter: 'ZZPHI-9' }, 422],
  ['a birth date that is none', { encounter, bundle: patientBundle({ patient: { birthDate: 'ZZPHI' } }) }, 422],
  ['a date with a name in it', { encounter, bundle: patientBundle({ condition: { recordedDate: '1931-12-24 ZZPHI' } }) }, 422],
  ['a code that is a list', { encounter, bundle: patientBundle({ condition: { code: ['ZZPHI'] } }) }, 422],
  [
    "another patient's record",
    { encounter, bundle: patientBundle({ condition: { subject: { reference: 'Patient/ZZPHI-8' } } }) },
    422,
  ],
  ['two patients', { encounter, bundle: patientBundle({ more: [{ resourceType: 'Patient', id: 'ZZPHI-7' }] }) }, 422],
  ['a bad id', { encounter, bundle: patientBundle({ patient: { id: 'ZZPHI 1' } }) }, 422],
  ['an unknown type', { encounter, bundle: { resourceType: 'ZZPHI' } }, 422],
  ['an unknown key', { ...whole, ZZPHI: 1 }, 422],
  ['a key as a feature', { features: { ZZPHI: 1, age_years: 'ZZPHI' } }, 422],
  ['an asOf that is none', { ...whole, asOf: 'ZZPHI' }, 422],
  ['a comma too many', `${JSON.stringify(whole).slice(0, -1)},}`, 400],
  ['cut short', JSON.stringify(whole).slice(0, 400), 400],
  ['a by-id request without a FHIR server', { patientId: 'ZZPHI-1', encounterId: 'ZZPHI-2' }, 422],
];

test.each(requests)('%s', async (_title, body, status) => {
  const served = await serve({}, scoring);
  const written: string[] = [];
  const writes = [process.stdout.write, process.stderr.write] as const;
  const keep = (chunk: string | Uint8Array): boolean => written.push(String(chunk)) > 0;
  process.stdout.write = keep as typeof process.stdout.write;
  process.stderr.write = keep as typeof process.stderr.write;
  try {
    for (const type of ['application/json', 'application/fhir+json']) {
      const response = await served.score(body, {
        'content-type': type,
        'user-agent': 'ZZPHI\tagent',
        'x-request-id': 'ZZPHI',
        'x-forwarded-for': 'ZZPHI',
        referer: 'http://ZZPHI/',
      });
      const text = await response.text();
      expect(response.status).toBe(status);
      if (status !== 200) expect(text).not.toMatch(canary);
      expect(JSON.stringify([...response.headers])).not.toMatch(canary);
    }
    await (await fetch(`${served.url}/ZZPHI?name=ZZPHI`)).text();
  } finally {
    [process.stdout.write, process.stderr.write] = writes;
  }
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).not.toMatch(canary);
  expect(served.log.length).toBeGreaterThanOrEqual(3);
  for (const line of served.log) {
    expect(line).not.toMatch(canary);
    const allowed = ['level', 'time', 'pid', 'hostname', 'requestId', 'method', 'route', 'status', 'ms', 'code', 'msg'];
    expect(Object.keys(JSON.parse(line) as object).filter((key) => !allowed.includes(key))).toEqual([]);
  }
  expect(written.join('')).not.toMatch(canary);
});
