/**
 * Held-out risks of one arm: every discharge predicted once a repeat, by a model that saw none of its patient.
 *
 * Folds   patients are hashed to folds with the experiment's seed, in repeat r with seed + r: the same patient is in the same fold in
 *         every arm, whatever its rows
 * Choice  the model's own seed is that of the folds, so that the first repeat is the validation that `readmission train` makes
 */
import { fitLogistic, logisticRisk } from '../baseline/index.ts';
import { assignFolds } from '../evaluation/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { TrainingRun } from '../forest/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent } from '../util/progress.ts';
import type { Experiment } from './experiment.ts';
import type { SettledArm } from './experiment-arm.ts';
import { heldOutForest, takeColumns, trainingTable } from './held-out.ts';

export interface ArmRisks {
  /** Per repeat the risk of each row, in [0, 1]. */
  readonly risks: readonly Float64Array[];
  /** Per repeat the fold of each row. */
  readonly folds: readonly Int32Array[];
}

export interface RiskRun extends TrainingRun {
  /** Threads of the forest; changes no number. */
  readonly workers?: number | undefined;
}

export async function armRisks(
  matrix: FeatureMatrix,
  arm: SettledArm,
  { seed, folds, repeats }: Pick<Experiment, 'seed' | 'folds' | 'repeats'>,
  run: RiskRun,
): Promise<ArmRisks> {
  const onProgress = run.onProgress ?? silent;
  const task = `arm ${arm.name}`;
  const result: { risks: Float64Array[]; folds: Int32Array[] } = { risks: [], folds: [] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const ownSeed = (seed + repeat) % 4_294_967_296;
    const fold = assignFolds(matrix.patientIds, folds, ownSeed);
    const risk = new Float64Array(matrix.rows);
    for (let k = 0; k < folds; k += 1) {
      stopIfCancelled(run.signal, 'the comparison');
      onProgress({ task, done: repeat * folds + k, total: repeats * folds });
      const test = rowsWhere(fold, (f) => f === k);
      if (test.length === 0) continue;
      const held = await heldOutRisk(
        matrix,
        arm,
        rowsWhere(fold, (f) => f !== k),
        test,
        ownSeed,
        run,
      );
      test.forEach((row, i) => (risk[row] = held[i] as number));
    }
    result.risks.push(risk);
    result.folds.push(fold);
  }
  onProgress({ task, done: repeats * folds, total: repeats * folds });
  return result;
}

function rowsWhere(fold: Int32Array, isWanted: (fold: number) => boolean): Int32Array {
  return Int32Array.from([...fold.keys()].filter((row) => isWanted(fold[row] as number)));
}

async function heldOutRisk(
  matrix: FeatureMatrix,
  { engine, forest }: SettledArm,
  train: Int32Array,
  test: Int32Array,
  seed: number,
  { workers, signal }: RiskRun,
): Promise<Float64Array> {
  if (engine === 'logistic') {
    const model = fitLogistic(trainingTable(matrix, train), { seed });
    return logisticRisk(model, takeColumns(matrix.columns, test), test.length);
  }
  const options = { ...forest, engine, seed, ...(workers === undefined ? {} : { workers }) };
  return heldOutForest({ matrix }, train, test, options, signal === undefined ? {} : { signal });
}
