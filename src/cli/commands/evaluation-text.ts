/**
 * An evaluation for people: what the model is judged by, a table per validation, the truth where it is known, the leakage audit.
 */
import type { ModelFolder } from '../../model/index.ts';
import type { Evaluation } from '../../training/index.ts';
import { leakageText } from './leakage-text.ts';
import { repeatedText, validationText } from './train.ts';
import { truthText } from './truth-text.ts';

export function evaluationText(folder: Pick<ModelFolder, 'model' | 'modelSha256'>, evaluation: Evaluation): string {
  return [
    outcomeText(folder, evaluation),
    ...evaluation.validations.map(validationText),
    ...(evaluation.truth === undefined ? [] : [truthText(evaluation.truth)]),
    ...(evaluation.repeated === null ? [] : [repeatedText(evaluation.repeated)]),
    leakageText(evaluation.leakage),
  ].join('\n\n');
}

/** The model and what it is judged by; where labels of its own were given, also what it was trained on. */
function outcomeText(
  { model: { header }, modelSha256 }: Pick<ModelFolder, 'model' | 'modelSha256'>,
  { outcome }: Pick<Evaluation, 'outcome'>,
): string {
  const trained = header.outcome.description === outcome ? '' : `\ntrained on: ${header.outcome.description}`;
  return `model ${header.name} (${modelSha256.slice(0, 12)})\noutcome: ${outcome}${trained}`;
}
