/** Starting: a folder that is not what it says is refused; the CapabilityStatement lists what works, and no more. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { ResourceStore } from '../../../src/fhir/server/resource-store.ts';
import { ask } from './fhir-request.ts';
import { smallHospital, writeLanding } from './small-landing.ts';

const dirs: string[] = [];
const servers: FhirServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true })));
});

async function landing(lines: Record<string, readonly string[]> = {}): Promise<string> {
  const dir = await writeLanding(smallHospital, lines);
  dirs.push(dir);
  return dir;
}

async function start(options: Parameters<typeof startFhirServer>[0]): Promise<FhirServer> {
  const server = await startFhirServer(options);
  servers.push(server);
  return server;
}

describe('a line is refused, by file and number', () => {
  test.each([
    ['not an object', '[1]'],
    ['torn', '{"resourceType":"Device","id":"d1"'],
    ['another type', '{"resourceType":"Patient","id":"d1"}'],
    ['no type', '{"id":"d1"}'],
    ['no id', '{"resourceType":"Device"}'],
    ['an id that is no id', '{"resourceType":"Device","id":"../d1"}'],
    ['an id of 65 characters', `{"resourceType":"Device","id":"${'x'.repeat(65)}"}`],
    ['an id that is a number', '{"resourceType":"Device","id":12}'],
    ['an id that is taken', '{"resourceType":"Device","id":"d0"}'],
  ])('%s', async (_title, line) => {
    const dir = await landing({ Device: ['{"resourceType":"Device","id":"d0"}', line] });
    await expect(startFhirServer({ landing: dir })).rejects.toMatchObject({
      code: 'LANDING_RECORD',
      details: { line: 2, type: 'Device' },
    });
  });
});

test('the same id in two types, and ids that differ in case, are different resources', async () => {
  const server = await start({
    landing: await landing({ Device: ['{"resourceType":"Device","id":"ann"}', '{"resourceType":"Device","id":"ANN"}'] }),
  });
  expect((await ask(`${server.url}/Device/ANN`)).json).toEqual({ resourceType: 'Device', id: 'ANN' });
  expect((await ask(`${server.url}/Device/ann`)).json).toEqual({ resourceType: 'Device', id: 'ann' });
});

test('a count that differs from the manifest is refused', async () => {
  const dir = await landing();
  const path = join(dir, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { files: { count: number }[] };
  (manifest.files[0] as { count: number }).count += 1;
  await writeFile(path, JSON.stringify(manifest));
  await expect(startFhirServer({ landing: dir })).rejects.toMatchObject({ code: 'LANDING_CORRUPT' });
});

test('a taken port is refused', async () => {
  const dir = await landing();
  const { port } = await start({ landing: dir });
  await expect(startFhirServer({ landing: dir, port })).rejects.toMatchObject({ code: 'SERVER_LISTEN', details: { port } });
});

test('progress ends at the number of resources', async () => {
  const told: number[] = [];
  await start({ landing: await landing(), onProgress: ({ done, total }) => told.push(done, total ?? -1) });
  expect(told.at(-1)).toBe(smallHospital.length);
  expect(told.at(-2)).toBe(smallHospital.length);
});

test('subjects in all the ways they are written are in the compartment', async () => {
  const line = (id: string, reference: string): string =>
    `{"subject" : { "display":"x, {\\"}", "reference" : ${reference} }, "id":"${id}","resourceType":"Device"}`;
  const observations = [
    '"Patient/ann"',
    '"Patient\\/ann"',
    '"https://source.example/fhir/Patient/ann"',
    '"Patient/ann/_history/1"',
  ];
  const dir = await landing({
    Observation: observations.map((reference, i) => line(`s${i}`, reference).replace('Device', 'Observation')),
  });
  const store = await ResourceStore.load(dir);
  expect(Array.from(store.rowsOfPatient('ann', 'Observation'), (row) => store.keyOf(row).slice(12)).sort()).toEqual([
    'o1',
    'o2',
    'o3',
    's0',
    's1',
    's2',
    's3',
  ]);
});

describe('CapabilityStatement', () => {
  test('is R4, and every parameter, sort key, include and operation it lists works', async () => {
    const server = await start({ landing: await landing() });
    const reply = await ask(`${server.url}/metadata`);
    const statement = reply.json as unknown as fhir4.CapabilityStatement;
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
    });
    const resources = statement.rest?.[0]?.resource ?? [];
    expect(resources.map((r) => r.type)).toEqual([
      'Patient',
      'Encounter',
      'Condition',
      'Observation',
      'Organization',
      'Practitioner',
      'Procedure',
    ]);
    const sample: Record<string, string> = { token: 'x', date: '2020', reference: 'x' };
    let asked = 0;
    for (const { type, searchParam = [], searchInclude = [], searchRevInclude = [] } of resources) {
      const queries = [
        ...searchParam.map((p) => `${p.name}=${sample[p.type]}`),
        ...searchParam.filter((p) => p.type === 'date').map((p) => `_sort=-${p.name}`),
        ...searchInclude.map((name) => `_include=${name}`),
        ...searchRevInclude.map((name) => `_revinclude=${name}`),
      ];
      for (const query of queries) {
        expect([query, (await ask(`${server.url}/${type}?${query}`)).status]).toEqual([query, 200]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(50);
  });
});
