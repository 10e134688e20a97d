/** The walk-through for analysts does what it says, on a small hospital made of chance. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { analystExample } from '../../scripts/analyst-example.ts';
import { readModelFolder } from '../../src/model/index.ts';
import { writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';

// danfojs-node is an optional dependency: an installation that could not get it has no DataFrames, and nothing to try here.
const withDanfo = existsSync('node_modules/danfojs-node') ? describe : describe.skip;

withDanfo('scripts/analyst-example.ts (skipped where the optional danfojs-node is not installed)', () => {
  let data: string;
  let out: string;
  beforeAll(async () => {
    data = await writeLanding(hospital(21, 80));
    out = await mkdtemp(join(tmpdir(), 'analyst-'));
  });
  afterAll(() => Promise.all([data, out].map((folder) => rm(folder, { recursive: true, force: true }))));

  it('goes from records to a model of the analyst’s own table', async () => {
    const said: string[] = [];
    const { matrix, metrics, scores } = await analystExample({
      data,
      out,
      createdAt: '2026-01-01T00:00:00Z',
      say: (text) => void said.push(text),
      training: { folds: 2, draws: 100, forest: { trees: 10, minLeafRows: 5, workers: 1 } },
    });
    expect(matrix.columns).toEqual(expect.arrayContaining(['index_id', 'target', 'acute_contacts', 'long_stay']));
    expect([...new Set(metrics.column('model').values)]).toEqual(['forest', 'logistic', 'prevalence', 'reason']);
    expect(scores.column('id').values).toEqual(matrix.column('index_id').values);
    expect(scores.column('risk').values.every((risk) => (risk as number) >= 0 && (risk as number) <= 1)).toBe(true);
    const { model } = await readModelFolder(out);
    expect(model.header.features.map(({ name }) => name)).toContain('acute_contacts');
    expect(model.header.cohort.name).toBe('table');
    expect(said.join('\n')).not.toMatch(/undefined|\[object/);
    expect(said.length).toBe(10);
  });
});
