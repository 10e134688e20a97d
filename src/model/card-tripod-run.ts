/**
 * The answers to TRIPOD+AI that a run can give: texts of the card, and what the program does with every model.
 */
import type { SourceAttribute, SourceAttributes } from './card-attributes.ts';
import { importedTripod } from './card-imported.ts';
import { groupedEvidence, hasRuledOutcome, lastExternal, ownTable, type CardSources } from './card-sources.ts';
import { countText, listText, percentText } from './card-text.ts';
import { updateHistory } from './card-upkeep.ts';
import { modelMapping } from './model-mapping.ts';
import { mappingChoices } from '../mapping/index.ts';

export interface TripodAnswer {
  readonly answer: 'answered' | 'not applicable';
  readonly text: string;
}
export type TripodAnswers = Readonly<Record<string, TripodAnswer | undefined>>;

/** By item, such as "12a"; an item that is absent needs a person. */
export function tripodRunAnswers(sources: CardSources, attributes: SourceAttributes): TripodAnswers {
  return {
    ...methods(sources, attributes),
    ...results(sources, attributes),
    ...framing(sources, attributes),
    ...importedTripod(sources, attributes),
  };
}

function framing({ header, statements }: CardSources, attributes: SourceAttributes): TripodAnswers {
  const ofTable = ownTable(header) !== undefined;
  return {
    '1': told(
      `Development and evaluation of a model that predicts: ${header.outcome.description}; population: cohort "${header.cohort.name}".`,
    ),
    '3b': seeAttributes(attributes.intendedUse, attributes.intendedPopulation, attributes.intendedUsers),
    '4': told('Development of a prediction model and evaluation of its performance on held-out patients.'),
    '18a': ofStatement(statements.funding),
    '22': told(
      `The model file holds every tree, the recalibration${ofTable ? ' and the names of the features' : ', the features with their definitions and the cohort rules'}; the code that reads it is open. Restrictions on its use are under intended use.`,
    ),
    '26': seeAttributes(attributes.knownRisks),
    '27a': told(
      ofTable
        ? 'A missing value is scored as missing and counted or listed, and so is one outside the training range.'
        : 'A value outside the range of its catalogue is refused, a missing one is scored as missing and listed, one that was not searched is listed as not covered, one outside the training range is listed.',
    ),
    '27b': ofTable
      ? undefined
      : told(
          'No input is entered by hand where records are given; whoever reads a score must be able to read its reasons and gaps.',
        ),
  };
}

function methods(sources: CardSources, attributes: SourceAttributes): TripodAnswers {
  const { header, metrics } = sources;
  const { training, forest, calibration, folds } = header;
  const options = Object.entries(forest.options).map(([key, value]) => `${key} ${value ?? 'none'}`);
  const validations = metrics.validations.map(({ name, description }) => `${name}: ${description}`);
  const external = lastExternal(sources);
  return {
    '5a': told(
      ownTable(header) === undefined
        ? `${training.synthetic ? 'Synthetic' : 'Real'} FHIR R4 records (manifest SHA-256 ${training.manifestSha256}); its groups of patients: ${place(attributes.representativeness)}.`
        : `The table ${ownTable(header)} (SHA-256 ${training.manifestSha256}).`,
    ),
    '6b': seeAttributes(attributes.trainingCriteria),
    ...(ownTable(header) === undefined ? recordMethods(sources) : {}),
    '10': told(
      `Every ${ownTable(header) === undefined ? 'index discharge of the records' : 'row of the table'} was used, without a calculation beforehand: ` +
        `${countText(training.events, 'event')} for ${header.features.length} features; whether that suffices is item 4.1 of the development in PROBAST+AI.`,
    ),
    '11': told(
      `Missing values stay missing; ${countText(header.features.filter(({ missing }) => missing > 0).length, 'feature')} of ${header.features.length} had some. ` +
        'No discharge is left out for a missing value of a feature.',
    ),
    '12a': validations.length === 0 ? undefined : told(validations.join(' ')),
    '12b': told('Numbers as they are, flags as 0 and 1; no scaling and no transformation, which trees do not need.'),
    '12c': told(
      `Random forest (${forest.engine}; ${options.join(', ')}), recalibrated (${calibration.kind}; ${calibration.reason}); ${folds.count} folds of whole patients (${folds.rule}). No option was tuned in this run.`,
    ),
    '12d': told('Heterogeneity between hospitals was not examined in this run.'),
    '12e':
      groupedEvidence(sources) === undefined
        ? told(
            'Discrimination, Brier score and calibration intercept and slope, with intervals of resampled patients, beside baselines.',
          )
        : told(
            'Discrimination, precision and recall, calibration with its curve, Brier score and its parts, net benefit and what acting on thresholds means, with intervals of ' +
              'resampled patients, beside baselines; groups of patients apart.',
          ),
    '12f':
      updateHistory(sources).length === 0
        ? told('The model was not updated after its evaluation.')
        : seeAttributes(attributes.updates),
    '12g': told('By the program itself from the model file; held-out patients by forests fitted without them.'),
    '13': notApplicable('No method against class imbalance was used.'),
    '14': seeAttributes(attributes.fairnessApproach, attributes.biasApproach),
    '15': told(
      `A probability from 0 to 1. Bands: ${header.bands.map(({ name, meaning }) => `${name} (${meaning})`).join('; ')}. They describe and recommend no action.`,
    ),
    '16':
      external === undefined
        ? notApplicable('Developed and evaluated on records of one source; a temporal split differs by date alone.')
        : seeAttributes(attributes.externalData, attributes.externalRepresentativeness),
  };
}

/** What holds where cohort and features are made from records; a table of someone else's making is theirs to tell of. */
function recordMethods({ header }: CardSources): TripodAnswers {
  const outcome: TripodAnswers = hasRuledOutcome(header)
    ? {
        '8a': told(
          `${header.outcome.description}. Found by rule from the records, the same for every group; why this outcome is for people to say.`,
        ),
        '8b': notApplicable('The outcome is found by rule; nobody assesses it.'),
        '8c': told('The outcome is found by rule without the predictors.'),
      }
    : {};
  return {
    '7': told(
      `Read with the site mapping: ${mappingChoices(modelMapping(header)).join('; ')}. Units are brought together by one table. The same for every group of patients.`,
    ),
    ...outcome,
    '9a': told(`${header.features.length} features of the catalogue, none chosen by its relation to the outcome.`),
    '9b': told(
      'Each feature has its unit, window, rule for missing values and source in the catalogue, which the hash of the model binds; all end at discharge.',
    ),
  };
}

function results(sources: CardSources, attributes: SourceAttributes): TripodAnswers {
  const { header, metrics } = sources;
  const { training } = header;
  const unit = ownTable(header) === undefined ? 'discharge' : 'row';
  return {
    '18f': told('The code that trains, evaluates and serves the model is the open repository of this software.'),
    '20a': told(
      `Flow: ${place(attributes.trainingCriteria)}. ${training.events} with the outcome, ${training.rows - training.events} without (${percentText(header.baseRate)}).`,
    ),
    '20b': ofField(attributes.representativeness),
    '20c': ofField(attributes.externalRepresentativeness),
    '21': told(
      [
        `Development: ${countText(training.rows, unit)}, ${countText(training.patients, 'patient')}, ${countText(training.events, 'event')}.`,
        ...metrics.validations.map(
          ({ name, rows, patients, events }) =>
            `${name}: ${countText(rows, unit)}, ${countText(patients, 'patient')}, ${countText(events, 'event')}.`,
        ),
      ].join(' '),
    ),
    '23a': attributes.validity.status === 'not-available' ? undefined : seeAttributes(attributes.validity, attributes.fairness),
    '24':
      updateHistory(sources).length === 0 ? notApplicable('The model was not updated.') : told(updateHistory(sources).join('; ')),
  };
}

function ofField(field: SourceAttribute): TripodAnswer | undefined {
  return field.status === 'not-available' ? undefined : seeAttributes(field);
}

/** Where the card tells it: a long text stands in one place. */
function seeAttributes(...fields: readonly SourceAttribute[]): TripodAnswer {
  return told(`In this card: ${listText(fields.map(place))}.`);
}

function place({ number, title }: SourceAttribute): string {
  return `source attribute ${number} (${title.charAt(0).toLowerCase()}${title.slice(1)})`;
}

function ofStatement(text: string | undefined): TripodAnswer | undefined {
  return text === undefined ? undefined : told(text);
}

function told(text: string): TripodAnswer {
  return { answer: 'answered', text };
}

function notApplicable(text: string): TripodAnswer {
  return { answer: 'not applicable', text };
}
