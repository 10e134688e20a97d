/** A small model and studies of other sites, made of chance. */
import type { ModelFolder } from '../../src/model/index.ts';
import { trainModel, type Study } from '../../src/training/index.ts';
import { groupNumbers } from '../../src/util/group-numbers.ts';
import { syntheticStudy } from './synthetic-study.ts';

export async function smallModel(patients = 400): Promise<{ folder: ModelFolder; study: Study }> {
  const study = syntheticStudy(1, patients, () => null);
  const { model, metrics, card } = await trainModel(study, {
    name: 'small',
    createdAt: '2026-01-01T00:00:00Z',
    seed: 1,
    folds: 3,
    draws: 100,
    quick: true,
    forest: { trees: 30, minLeafRows: 20, workers: 1 },
  });
  const stored = JSON.parse(JSON.stringify(metrics)) as Record<string, unknown>;
  return { folder: { model, modelSha256: '12'.repeat(32), metrics: stored, card: card as Record<string, unknown> }, study };
}

/** Other patients, from another source. */
export function elsewhere(seed: number, patients: number, change: Partial<Study['matrix']> = {}): Study {
  const study = syntheticStudy(seed, patients, () => null);
  const patientIds = study.matrix.patientIds.map((id) => id.replace('/p', `/site${seed}-`));
  const matrix = { ...study.matrix, patientIds, groups: groupNumbers(patientIds), ...change };
  return { ...study, manifestSha256: 'cd'.repeat(32), matrix };
}
