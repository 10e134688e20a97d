/**
 * What the card says of a forest that was trained elsewhere, in the place of what holds for those trained here.
 *
 * Choice  this software did not see the training: whatever rests on how it was done is for people to answer, also where it would be true of
 *         every model trained here
 */
import type { SourceAttributes } from './card-attributes.ts';
import { importedFrom } from './table-model.ts';
import type { RunAnswers } from './card-probast-run.ts';
import type { TripodAnswers } from './card-tripod-run.ts';
import type { CardSources } from './card-sources.ts';
import { countText } from './card-text.ts';
import type { ModelHeader } from './model-header.ts';

/** Where nothing here validated it. */
export const IMPORTED_NOT_VALIDATED =
  'the forest was trained elsewhere and nothing here validated it; readmission import --calibrate TABLE judges it on rows of yours';
/** Of the data it was trained on. */
export const IMPORTED_VALIDATION_UNKNOWN = 'the forest was trained elsewhere, and how it was validated there is not known here';
export const IMPORTED_NO_GROUPS = 'the file of the forest tells of no groups of patients';

/** Its training, as far as the file of the forest tells. */
export function importedTraining({ forest, training }: Pick<ModelHeader, 'forest' | 'training'>): string {
  return (
    `The forest was trained elsewhere: ${importedFrom({ forest }) ?? 'its file'} tells of ${countText(training.rows, 'row')} of ` +
    `${countText(training.patients, 'patient')} with ${countText(training.events, 'event')}`
  );
}

/** Sentences for the list of limits. */
export function importedLimits(header: ModelHeader): string[] {
  if (importedFrom(header) === undefined) return [];
  return [
    'The forest was trained elsewhere. How its rows were chosen and how it was fitted is not known here, and neither are its patients: a row it was ' +
      'trained on cannot be told from others, and figures on such rows are too good.',
  ];
}

/** Answers to PROBAST+AI that take the place of the run's; undefined where a person has to answer. Empty for a model trained here. */
export function importedProbast({ header, metrics }: CardSources): RunAnswers {
  if (importedFrom(header) === undefined) return {};
  return {
    'development 4.2': undefined,
    'development 4.3': undefined,
    'development 4.4': undefined,
    'development 4.5': undefined,
    ...(metrics.validations.length === 0 ? {} : { 'evaluation 4.1': undefined }),
    'evaluation 4.3': undefined,
    'evaluation 4.4': undefined,
    'evaluation 4.5': undefined,
    'evaluation 4.6': undefined,
  };
}

/** Answers to TRIPOD+AI, likewise. */
export function importedTripod({ header, metrics, records }: CardSources, { localValidity }: SourceAttributes): TripodAnswers {
  const file = importedFrom(header);
  if (file === undefined) return {};
  const { forest, calibration, outcome, parent } = header;
  const options = Object.entries(forest.options).map(([key, value]) => `${key} ${value ?? 'none'}`);
  const judged = metrics.validations.length > 0;
  const told = (text: string) => ({ answer: 'answered', text }) as const;
  return {
    '1': told(
      `${judged ? 'Recalibration' : 'Use'} of a model that was developed elsewhere and predicts: ${outcome.description}.`,
    ),
    '4': told(
      judged
        ? 'To fit the risks of a model that was developed elsewhere to rows of another table, and to judge them there.'
        : 'To use a model that was developed elsewhere; it was not evaluated here.',
    ),
    '5a': undefined,
    '6b': undefined,
    '10': undefined,
    '11': undefined,
    '12b': undefined,
    '12c': told(
      `Random forest (${forest.engine}; ${options.join(', ')}), trained elsewhere: how it was built and validated there is not known here. ` +
        `${parent === undefined ? 'Its risk is its own output' : `Its risk was fitted here (${calibration.kind}; ${calibration.reason})`}.`,
    ),
    '12d': undefined,
    ...(judged ? {} : { '12e': undefined }),
    ...(parent === undefined ? { '12f': told('The forest is as it was trained; its risks were not updated.') } : {}),
    '12g': judged ? told('By the program itself from the model file, with maps that were fitted on other patients.') : undefined,
    '13': undefined,
    ...(records.external.length === 0 ? { '16': undefined } : {}),
    '18f': told(
      'The code that reads, explains and serves the model is the open repository of this software; the training is not.',
    ),
    '20a': undefined,
    '23a': judged ? told(`In this card: source attribute ${localValidity.number}.`) : undefined,
  };
}
