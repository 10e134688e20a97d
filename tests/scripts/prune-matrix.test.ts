/** Pruning leaves out what no stage reads: the matrix of the raw records and of the pruned ones is the same, cell by cell. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { pruneFolder } from '../../scripts/generate-synthea/prune.ts';
import { openStudy } from '../../src/training/index.ts';

const raw = 'tests/fixtures/synthea-raw';
let pruned = '';

afterAll(async () => {
  await rm(pruned, { recursive: true, force: true });
});

describe('pruning', () => {
  it.each(['hwr-like', 'all-adult'])('changes no cell of the matrix (%s)', async (cohort) => {
    if (pruned === '') {
      pruned = await mkdtemp(join(tmpdir(), 'pruned-'));
      await pruneFolder(raw, pruned);
    }
    const [before, after] = [
      await openStudy(raw, { features: 'all', cohort, threads: 1 }),
      await openStudy(pruned, { features: 'all', cohort, threads: 1 }),
    ];
    expect(before.matrix.rows).toBeGreaterThanOrEqual(5);
    expect(after.cohort.attrition).toEqual(before.cohort.attrition);
    expect(after.matrix.indexIds).toEqual(before.matrix.indexIds);
    expect(after.matrix.outcomeStates).toEqual(before.matrix.outcomeStates);
    const differing = before.matrix.features.filter(
      (_, c) => !after.matrix.columns[c]?.every((v, r) => Object.is(v, before.matrix.columns[c]?.[r])),
    );
    expect(differing.map((feature) => feature.name)).toEqual([]);
    const present = before.matrix.columns.filter((column) => column.some((value) => value !== 0 && !Number.isNaN(value)));
    expect(present.length).toBeGreaterThan(60);
  });
});
