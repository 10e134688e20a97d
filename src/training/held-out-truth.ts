/**
 * The known truth of planted records beside held-out risks and attributions.
 */
import { assignFolds } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { allRows } from './held-out.ts';
import type { HeldOutEvidence } from './held-out-evidence.ts';
import { permutedAuroc } from './permuted-labels.ts';
import type { Study } from './study.ts';
import { evaluateTruth, type TruthEvaluation } from './truth-evaluation.ts';
import type { Truth } from './truth-table.ts';
import { foldAuroc, type ValidationOptions } from './validation.ts';

/** @param held  gathered with attributions */
export async function heldOutTruth(
  study: Study,
  held: Pick<HeldOutEvidence, 'risks' | 'intervals' | 'attributions' | 'permuted'>,
  truth: Truth,
  forest: Partial<ForestOptions>,
  options: ValidationOptions,
): Promise<TruthEvaluation> {
  const judged = {
    risks: held.risks,
    rows: allRows(study.matrix),
    auroc: foldAuroc(study, options),
    fold: assignFolds(study.matrix.patientIds, options.folds, options.seed),
    intervals: held.intervals,
    attributions: held.attributions,
    permutedAuroc: held.permuted ?? (await permutedAuroc(study, forest, options)),
  };
  return evaluateTruth(study, truth, judged, { seed: options.seed, draws: options.draws ?? 1000 });
}
