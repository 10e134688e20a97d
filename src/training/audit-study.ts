/**
 * The leakage audit of a study on its own: forests and lookups by reason fitted for it, nothing kept.
 *
 * In      a study opened with its as-of trial, forest options, folds and seed
 * Out     every check of ./leakage-audit.ts, permuted labels among them
 */
import { fitReasonLookup, lookUpReasons } from '../baseline/index.ts';
import { assignFolds, type LeakageEvidence } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { allRows, hasReasons, heldOutForest, trainingTable } from './held-out.ts';
import { auditLeakage } from './leakage-audit.ts';
import type { Study } from './study.ts';
import { eachFold, judge, type ValidationOptions } from './validation.ts';

/** @throws {ForestError} FOREST_ONE_CLASS when no discharge, or every one, had the outcome */
export async function auditStudy(
  study: Study,
  forest: Partial<ForestOptions>,
  options: ValidationOptions,
): Promise<LeakageEvidence> {
  const { matrix } = study;
  const risks = { forest: new Float64Array(matrix.rows), reason: new Float64Array(matrix.rows) };
  const reasons = (rows: Int32Array): (string | null)[] => Array.from(rows, (row) => matrix.reasons[row] as string | null);
  await eachFold(study, options, async (_fold, train, test) => {
    const run = options.signal === undefined ? {} : { signal: options.signal };
    const ours = await heldOutForest(study, train, test, forest, run);
    const lookup = fitReasonLookup(reasons(train), trainingTable(matrix, train).outcome);
    const theirs = lookUpReasons(lookup, reasons(test));
    test.forEach((row, i) => {
      risks.forest[row] = ours[i] as number;
      risks.reason[row] = theirs[i] as number;
    });
  });
  const { results, differences } = judge(
    study,
    hasReasons(matrix) ? risks : { forest: risks.forest },
    allRows(matrix),
    options,
    assignFolds(matrix.patientIds, options.folds, options.seed),
  );
  return auditLeakage(study, { headline: results, reasonDifference: differences['reason'], forest }, options);
}
