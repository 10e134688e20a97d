/** A model of a table over HTTP: it starts, answers by features, and refuses what begins with records. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trainTable } from '../../src/analyst/index.ts';
import { writeModelFolder } from '../../src/model/index.ts';
import { startScoringServer, type ScoringServer } from '../../src/server/index.ts';
import { randomStream } from '../../src/util/random.ts';

describe('a server of a table model', () => {
  let model: string;
  let server: ScoringServer;
  beforeAll(async () => {
    const stream = randomStream(4, 0);
    const values = Array.from({ length: 200 }, (_, row) => {
      const age = 20 + stream.below(70);
      return [row % 80, stream.uniform() < age / 120 ? 1 : 0, age];
    });
    const options = {
      createdAt: '2026-01-01T00:00:00Z',
      folds: 2,
      draws: 60,
      quick: true,
      forest: { trees: 5, minLeafRows: 5, workers: 1 },
    };
    const trained = await trainTable({ columns: ['who', 'y', 'age'], values }, { label: 'y', groups: 'who' }, options);
    model = await mkdtemp(join(tmpdir(), 'table-model-'));
    await writeModelFolder(model, trained);
    server = await startScoringServer({ model, port: 0, workers: 0, stateDir: join(model, 'state') });
  });
  afterAll(async () => {
    await server.close();
    await rm(model, { recursive: true, force: true });
  });

  async function ask(path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${server.url}${path}`, body === undefined ? {} : post);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('answers by features', async () => {
    const { status, body } = await ask('/v1/score', { features: { age: 85 } });
    expect([status, body['risk']]).toEqual([200, expect.any(Number)]);
    expect(body['reasons']).toEqual([expect.objectContaining({ feature: 'age', words: 'age 85' })]);
    expect((await ask('/v1/score', { features: { height: 180 } })).body['code']).toBe('SCORING_FEATURE_UNKNOWN');
  });

  it('says what it is', async () => {
    const { status, body } = await ask('/v1/model');
    expect([status, body['cohort']]).toEqual([200, expect.objectContaining({ name: 'table' })]);
  });

  it('refuses records, and says that it takes none', async () => {
    const { status, body } = await ask('/v1/score', { bundle: { resourceType: 'Bundle', entry: [] }, encounter: 'e' });
    expect([status, body['code'], body['detail']]).toEqual([422, 'MODEL_OF_TABLE', expect.stringContaining('features by name')]);
  });
});
