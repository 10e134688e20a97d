/** A real HAPI server takes every kind of planted resource, and gives back what was written. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landingFiles, pull, readManifest, readNdjson } from '../../src/fhir/index.ts';
import { readCauses } from '../../src/simulation/causes.ts';
import { createPlanter } from '../../src/simulation/planted-stay.ts';
import { plantDeath } from '../../src/simulation/planted-death.ts';
import { randomStream } from '../../src/util/random.ts';
import { stableJson } from '../../src/util/stable-json.ts';
import { startHapi, type HapiServer } from './hapi-server.ts';
import { load } from './load.ts';
import type { Resource } from './synthea-sample.ts';

let hapi: HapiServer;
let dir: string;
let planted: Resource[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hapi-planted-'));
  const patient = { resourceType: 'Patient', id: 'planted', gender: 'male', birthDate: '1948-03-02' } as const;
  const planter = createPlanter(1);
  const stays = readCauses().map(({ name }, i) =>
    planter.plantStay(
      {
        patientId: 'Patient/planted',
        key: name,
        cause: name,
        startMs: Date.parse('2015-01-10T12:00:00Z') + i * 90 * 86_400_000,
        utcOffsetMinutes: -300,
        patient: { ageYears: 70, sex: 'male', groups: new Set(), recorded: {} },
        severity: 0,
        isReturn: false,
        provider: null,
        recordedUntilMs: null,
      },
      randomStream(1, i),
    ),
  );
  const dead = plantDeath(patient, Date.parse('2021-05-01T12:00:00Z'), -300);
  planted = [dead, ...stays.flatMap(({ resources }) => resources)] as unknown as Resource[];
  hapi = await startHapi();
  await load(hapi.url, planted);
});
afterAll(async () => {
  await hapi?.stop();
  await rm(dir, { recursive: true, force: true });
});

test('planted stays of every cause are taken and pulled back as they were', async () => {
  const out = join(dir, 'landing');
  await pull({ server: hapi.url, out, patients: '_id=planted' });
  const manifest = await readManifest(out);
  const back = new Map<string, string>();
  for (const type of new Set(manifest.files.map((file) => file.type))) {
    for (const path of landingFiles(manifest, out, type)) {
      for await (const { text } of readNdjson(path)) {
        const { meta, ...rest } = JSON.parse(text) as Resource & { meta: { tag?: unknown } };
        back.set(`${rest.resourceType}/${rest.id}`, stableJson({ ...rest, tag: meta.tag }));
      }
    }
  }
  expect(planted.length).toBeGreaterThan(400);
  expect(back.size).toBe(planted.length);
  for (const resource of planted) {
    const { meta, ...rest } = resource as Resource & { meta: { tag?: unknown } };
    expect(back.get(`${rest.resourceType}/${rest.id}`)).toBe(stableJson({ ...rest, tag: meta.tag }));
  }
});
