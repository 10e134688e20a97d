/**
 * The answers to PROBAST+AI that a run can give, each with what it rests on.
 *
 * Choice  only what the program itself guarantees or measured is answered; whether data suit a purpose is a person's to say, but for made-up
 *         data, which suit none of care
 * Choice  a failed check of the leakage audit turns an answer that rests on its contrary into "no"
 * Source  events per candidate feature: van der Ploeg, Austin and Steyerberg 2014, doi:10.1186/1471-2288-14-137 (forests need about
 *         200); events of an evaluation: Vergouwe et al. 2005, doi:10.1016/j.jclinepi.2004.06.017 (at least 100 of either outcome)
 */
import { importedProbast } from './card-imported.ts';
import { modelMapping } from './model-mapping.ts';
import { groupedEvidence, hasRuledOutcome, headlineFigures, lastExternal, ownTable, type CardSources } from './card-sources.ts';

export interface RunAnswer {
  readonly answer: 'yes' | 'probably yes' | 'probably no' | 'no' | 'no information' | 'not applicable';
  readonly why: string;
}
export type RunAnswers = Readonly<Record<string, RunAnswer | undefined>>;

const ENOUGH_PER_FEATURE = 200;
const TOO_FEW_PER_FEATURE = 10;
const ENOUGH_OF_EITHER = 100;

/** By item, such as "development 4.1"; an item that is absent needs a person. */
export function runAnswers(sources: CardSources): RunAnswers {
  return { ...developmentAnswers(sources), ...evaluationAnswers(sources), ...importedProbast(sources) };
}

function developmentAnswers(sources: CardSources): RunAnswers {
  const { header } = sources;
  return {
    ...commonAnswers('development', sources),
    'development 1.1': dataSource(header.training.synthetic),
    'development 4.1': developmentSize(sources),
    'development 4.2': say(
      'yes',
      'No predictor is cut into categories beforehand; trees find their own cuts, and flags stay flags.',
    ),
    'development 4.3': missingData(sources),
    'development 4.4': say(
      'not applicable',
      'No class was weighted, drawn more or drawn less often; the base rate of the data is kept.',
    ),
    'development 4.5': say(
      'yes',
      `${header.forest.trees} trees, leaves of at least ${header.forest.options['minLeafRows'] ?? 'the default number of'} rows, no selection of predictors by the outcome, ` +
        'and performance told on held-out patients.',
    ),
  };
}

function evaluationAnswers(sources: CardSources): RunAnswers {
  const { metrics } = sources;
  if (metrics.validations.length === 0 && groupedEvidence(sources) === undefined) {
    return { 'evaluation 4.1': say('no', 'No validation on held-out patients is recorded.') };
  }
  const external = lastExternal(sources);
  const names = metrics.validations.map(({ name }) => name);
  return {
    ...commonAnswers('evaluation', sources),
    'evaluation 1.1': dataSource(external === undefined ? sources.header.training.synthetic : external.data.synthetic),
    'evaluation 4.1': say(
      'yes',
      `Performance is told for held-out patients (${names.join(', ') || 'grouped'})${external === undefined ? '' : ' and for external data'}, never for the rows a forest was fitted on.`,
    ),
    'evaluation 4.2': evaluationSize(sources),
    'evaluation 4.3': missingData(sources),
    'evaluation 4.4': say('not applicable', 'No class imbalance was corrected in the development.'),
    'evaluation 4.5': unlessLeaking(
      sources,
      ['duplicate-patients', 'label-permutation'],
      say(
        'yes',
        'Whole patients are in one part only, by a stored rule; a temporal split leaves out the horizon between its parts.',
      ),
    ),
    'evaluation 4.6': say(
      'yes',
      'Each fold fits forest, recalibration and baselines anew in its training rows; this run tuned no option.',
    ),
    'evaluation 4.7': measures(sources),
  };
}

/** Domains 1 to 3 ask the same of development and evaluation, and the program treats the records of both alike. */
function commonAnswers(part: 'development' | 'evaluation', sources: CardSources): RunAnswers {
  const { header } = sources;
  // A table of someone else's making is theirs to answer for.
  if (ownTable(header) !== undefined) return {};
  const known = modelMapping(header).conditions.indexStayDiagnosesKnown;
  const outcomes: RunAnswers = !hasRuledOutcome(header)
    ? {}
    : {
        [`${part} 3.1`]: say(
          'probably yes',
          `${header.outcome.description}; rules after the CMS hospital-wide readmission measure, fixed before the fit and hashed into the model.`,
        ),
        [`${part} 3.2`]: say(
          'yes',
          'One set of rules finds the outcome of every discharge; a return elsewhere is seen where the records hold it.',
        ),
        [`${part} 3.3`]: say('yes', 'The outcome is found by rule from the stays after the discharge, without the features.'),
        [`${part} 3.4`]: say(
          'yes',
          `Features end at discharge, the outcome is looked for in the ${header.outcome.horizonDays} days after it.`,
        ),
      };
  return {
    [`${part} 1.2`]: say(
      'probably yes',
      'A cohort of all discharges in the records that meet the rules, followed from discharge; the records were made for care and not for this question.',
    ),
    [`${part} 2.1`]: say(
      'yes',
      'One SQL text makes every feature of every discharge; how the source measured them is not known to the run.',
    ),
    [`${part} 2.2`]: say('yes', 'Units are brought together by one table; nothing is scaled, imputed or chosen by group.'),
    [`${part} 2.3`]: unlessLeaking(
      sources,
      ['as-of', 'single-feature'],
      say('yes', 'Features read only what was recorded by the time of prediction, before the outcome can occur.'),
    ),
    [`${part} 2.4`]: unlessLeaking(
      sources,
      ['as-of'],
      known && !header.training.synthetic
        ? say(
            'probably yes',
            'Diagnoses of the index stay are taken as known at discharge, as the site mapping says; all else is as recorded by then.',
          )
        : known
          ? say(
              'yes',
              'Features read what was recorded by discharge; diagnoses of the index stay count as known then, as they are in synthetic records.',
            )
          : say('yes', 'Features read what was recorded by discharge; diagnoses coded for the index stay later are left out.'),
    ),
    ...outcomes,
  };
}

function dataSource(synthetic: boolean): RunAnswer | undefined {
  return synthetic ? say('no', 'The records are made up: they suit work on methods and no purpose of care.') : undefined;
}

function developmentSize({ header }: CardSources): RunAnswer {
  const { events, rows } = header.training;
  const fewer = Math.min(events, rows - events);
  const perFeature = fewer / header.features.length;
  const why = `${fewer} of the rarer outcome for ${header.features.length} features: ${perFeature.toFixed(1)} each, where forests need about ${ENOUGH_PER_FEATURE}.`;
  if (perFeature >= ENOUGH_PER_FEATURE) return say('yes', why);
  return say(perFeature < TOO_FEW_PER_FEATURE ? 'no' : 'probably no', why);
}

function evaluationSize(sources: CardSources): RunAnswer {
  const set = lastExternal(sources) ?? groupedEvidence(sources) ?? sources.metrics.validations[0];
  const { rows, events } = set ?? { rows: 0, events: 0 };
  const fewer = Math.min(events, rows - events);
  const why = `${fewer} of the rarer outcome, where at least ${ENOUGH_OF_EITHER} are asked; intervals are told, and small groups of patients have no figures.`;
  return say(fewer >= ENOUGH_OF_EITHER ? 'yes' : 'no', why);
}

function missingData({ header }: CardSources): RunAnswer | undefined {
  if (header.forest.engine !== 'histogram') return undefined;
  const death = header.outcome.name.endsWith('-or-death')
    ? 'death counts as an outcome'
    : 'death before the outcome counts as none, and is told apart';
  return say(
    'probably yes',
    'A missing value stays missing and takes its own way through the trees; no discharge is left out for it. Discharges whose horizon the ' +
      `records do not cover are left out by date alone; ${death}.`,
  );
}

function measures(sources: CardSources): RunAnswer {
  const has = (name: string): boolean => Object.hasOwn(headlineFigures(sources), name);
  const calibrated = groupedEvidence(sources)?.calibration !== undefined || has('calibrationSlope');
  if (!calibrated || !has('auroc')) return say('no', 'Discrimination or calibration is not recorded.');
  return groupedEvidence(sources)?.decision === undefined
    ? say('probably yes', 'Discrimination and calibration with intervals beside baselines; net benefit is not recorded.')
    : say(
        'yes',
        'Discrimination, calibration with its curve and net benefit, with intervals of resampled patients, beside baselines.',
      );
}

/** The answer, or "no" where a named check of the leakage audit failed. */
function unlessLeaking(sources: CardSources, checks: readonly string[], answer: RunAnswer): RunAnswer {
  const failed = sources.metrics.leakage?.checks.find(({ check, verdict }) => checks.includes(check) && verdict === 'fail');
  return failed === undefined ? answer : say('no', `Leakage audit, ${failed.check}: ${failed.finding}`);
}

function say(answer: RunAnswer['answer'], why: string): RunAnswer {
  return { answer, why };
}
