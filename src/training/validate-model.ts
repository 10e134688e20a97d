/**
 * External validation: the model as it is, on records of another source.
 *
 * Choice  records that the model or its recalibration was fitted on are refused by the hash of their manifest; patients of theirs who turn up in
 *         other records are left out
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CohortError } from '../errors.ts';
import type { Evidence } from '../evaluation/index.ts';
import type { ModelFolder } from '../model/index.ts';
import { sha256 } from '../util/sha256.ts';
import { evaluateModel, type Evaluation, type EvaluationOptions } from './evaluate-model.ts';

export interface ExternalValidation extends Evaluation {
  readonly kind: 'external';
  readonly evidence: { readonly external: Evidence };
}

/** @throws {CohortError} COHORT_TRAINING_DATA; as evaluateModel */
export async function validateModel(
  folder: ModelFolder,
  data: string,
  options: EvaluationOptions = {},
): Promise<ExternalValidation> {
  const { training, parent } = folder.model.header;
  const found = await manifestHash(data);
  if (found === training.manifestSha256 || found === parent?.manifestSha256) {
    const known = found === training.manifestSha256 ? 'trained' : 'recalibrated';
    throw new CohortError(
      'COHORT_TRAINING_DATA',
      `expected records of another source, found those the model was ${known} on; ` +
        (known === 'trained' ? 'readmission evaluate gives held-out figures on them' : 'its folder holds the figures on them'),
    );
  }
  return (await evaluateModel(folder, data, options)) as ExternalValidation;
}

/** Of a folder without a manifest nothing is known yet: whoever opens it says what is wrong. */
async function manifestHash(data: string): Promise<string | null> {
  try {
    return sha256(await readFile(join(data, 'manifest.json')));
  } catch {
    return null;
  }
}
