/**
 * Time to a score: from features in process, and from Bundles over HTTP with attributions and evidence.
 *
 * Usage  npx tsx scripts/bench/score.ts LANDING_FOLDER [MODEL_FOLDER] [--seconds 5] [--connections 4] [--json]
 *        without a model folder one is trained first (without intervals worth printing)
 * Prints  median and 95th percentile in milliseconds, the peer of the same run being JSON.parse of the same body; then requests a second,
 *         asked for by a process of its own over kept connections
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { landingFiles, readManifest, readNdjson } from '../../src/fhir/index.ts';
import { readModelFolder, writeModelFolder } from '../../src/model/index.ts';
import { createScorer } from '../../src/scoring/index.ts';
import { startScoringServer } from '../../src/server/index.ts';
import { openStudy, trainModel } from '../../src/training/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
  },
});
const [landing = 'synthea-data', givenModel] = positionals;
const latencies: { what: string; p50Ms: number; p95Ms: number }[] = [];
const loads: ({ what: string; cpuMs: number } & Load)[] = [];
const scratch = await mkdtemp(join(tmpdir(), 'bench-score-'));
const study = await openStudy(landing);
let model = givenModel;
if (model === undefined) {
  model = join(scratch, 'model');
  await writeModelFolder(
    model,
    await trainModel(study, { name: 'bench', createdAt: '2026-01-01T00:00:00Z', seed: 1, draws: 100 }),
  );
}

const bodies = await bodiesNear([300_000, 2_000_000]);
const scorer = await createScorer(await readModelFolder(model));
const { matrix } = study;
const names = matrix.features.map((feature) => feature.name);
const rows = Array.from({ length: 200 }, (_, i) => Math.floor((i * matrix.rows) / 200));
const requests = rows.map((r) =>
  Object.fromEntries(names.map((name, c) => [name, orNull(matrix.columns[c]?.[r] ?? Number.NaN)])),
);
print(
  'features in process, risk only',
  time(requests, (features) => scorer.scoreFeatures({ features, explain: false })),
);
print(
  'features in process, with attributions',
  time(requests, (features) => scorer.scoreFeatures({ features })),
);
scorer.close();

const server = await startScoringServer({ model, port: 0, stateDir: join(scratch, 'state') });
for (const { text, resources } of bodies) {
  const ask = async (): Promise<void> => {
    const response = await fetch(`${server.url}/v1/score`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    await response.arrayBuffer();
  };
  for (let i = 0; i < 20; i += 1) await ask();
  const millis: number[] = [];
  const parse: number[] = [];
  for (let i = 0; i < 60; i += 1) {
    const start = performance.now();
    await ask();
    millis.push(performance.now() - start);
    const parseStart = performance.now();
    JSON.parse(text);
    parse.push(performance.now() - parseStart);
  }
  print(`Bundle of ${kilobytes(text)} kB, ${resources} resources, over HTTP`, millis);
  print('  JSON.parse of it', parse);
}
const feature = { what: 'features', text: JSON.stringify({ features: requests[0] }) };
for (const { what, text } of [
  feature,
  ...bodies.map((body) => ({ what: `Bundle of ${kilobytes(body.text)} kB`, text: body.text })),
]) {
  const body = join(scratch, 'body.json');
  await writeFile(body, text);
  const before = process.cpuUsage();
  const load = await askFor(`${server.url}/v1/score`, body);
  const { user, system } = process.cpuUsage(before);
  loads.push({ what, cpuMs: (user + system) / 1e3 / load.requests, ...load });
  if (!values.json) {
    console.log(
      `${`${what} over HTTP, ${values.connections} connections`.padEnd(58)} ${(load.requests / load.seconds).toFixed(1)} requests/s   p50 ${load.p50Ms.toFixed(1)} ms   p99 ${load.p99Ms.toFixed(1)} ms`,
    );
  }
}
if (values.json) console.log(JSON.stringify({ connections: Number(values.connections), latencies, loads }));
await server.close();
await rm(scratch, { recursive: true, force: true });

function time<T>(inputs: readonly T[], run: (input: T) => unknown): number[] {
  for (const input of inputs) run(input);
  return inputs.map((input) => {
    const start = performance.now();
    run(input);
    return performance.now() - start;
  });
}

function print(what: string, millis: number[]): void {
  const sorted = [...millis].sort((a, b) => a - b);
  const at = (q: number): string => (sorted[Math.floor(q * (sorted.length - 1))] as number).toFixed(3);
  latencies.push({ what: what.trim(), p50Ms: Number(at(0.5)), p95Ms: Number(at(0.95)) });
  if (!values.json) console.log(`${what.padEnd(58)} p50 ${at(0.5).padStart(9)} ms   p95 ${at(0.95).padStart(9)} ms`);
}

function kilobytes(text: string): number {
  return Math.round(text.length / 1000);
}

interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Lets another process ask, so that the time of the client is not taken from the server's thread. */
function askFor(url: string, bodyFile: string): Promise<Load> {
  const client = join(import.meta.dirname, 'load-client.mjs');
  const child = spawn(process.execPath, [client, url, bodyFile, values.seconds, values.connections], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Load);
      else reject(new Error(`expected the client to end well, found exit ${code}`));
    });
  });
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Requests for index discharges of the patients whose records are nearest to these sizes. */
async function bodiesNear(sizes: readonly number[]): Promise<{ text: string; resources: number }[]> {
  const manifest = await readManifest(landing);
  const lengths = new Map<string, number>();
  const owner = /"subject":\{"reference":"(Patient\/[^"]+)"/;
  for (const type of manifest.coverage.types) {
    for (const file of landingFiles(manifest, landing, type)) {
      for await (const { text } of readNdjson(file)) {
        const key = type === 'Patient' ? `Patient/${(JSON.parse(text) as { id: string }).id}` : owner.exec(text)?.[1];
        if (key !== undefined) lengths.set(key, (lengths.get(key) ?? 0) + text.length);
      }
    }
  }
  const indexOf = new Map(study.matrix.patientIds.map((patient, r) => [patient, study.matrix.indexIds[r] as string]));
  const chosen = sizes.map((size) => {
    const near = [...indexOf.keys()].sort(
      (a, b) => Math.abs((lengths.get(a) ?? 0) - size) - Math.abs((lengths.get(b) ?? 0) - size),
    );
    return near[0] as string;
  });
  const entries = new Map<string, { resource: unknown }[]>(chosen.map((patient) => [patient, []]));
  for (const type of manifest.coverage.types) {
    for (const file of landingFiles(manifest, landing, type)) {
      for await (const { text } of readNdjson(file)) {
        const key = type === 'Patient' ? `Patient/${(JSON.parse(text) as { id: string }).id}` : owner.exec(text)?.[1];
        entries.get(key ?? '')?.push({ resource: JSON.parse(text) });
      }
    }
  }
  return chosen.map((patient) => {
    const entry = entries.get(patient) ?? [];
    const request = {
      bundle: { resourceType: 'Bundle', type: 'collection', entry },
      encounter: indexOf.get(patient)?.replace('Encounter/', ''),
      covers: { types: manifest.coverage.types, from: null },
    };
    return { text: JSON.stringify(request), resources: entry.length };
  });
}
