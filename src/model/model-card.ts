/**
 * Model card: what the model is for, what it is not for, what it was made from and how well it did, for a reader who must decide.
 *
 * In      header and results; everything stated is taken from them or holds for every model of this package
 * Out     card.json (sections named as in the Applied Model Card) and card.md, the same content for people (./card-markdown.ts)
 * Choice  nothing is blank and nothing is guessed: what is not known says "not available"
 * Source  Coalition for Health AI, Applied Model Card, schema 0.2; TRIPOD+AI, doi:10.1136/bmj-2023-078378
 */
import { cardMarkdown } from './card-markdown.ts';
import type { EventIncidence, ModelMetrics } from './metrics.ts';
import { mappingChoices, mappingHash } from '../mapping/index.ts';
import { modelMapping, type ModelHeader } from './model-header.ts';

export const NOT_AVAILABLE = 'not available';

export interface ModelCard {
  readonly basicInfo: {
    readonly modelName: string;
    readonly codeVersion: string;
    readonly createdAt: string;
    readonly developerContact: string;
  };
  readonly releaseInfo: { readonly releaseStage: string; readonly regulatoryApproval: string };
  readonly modelSummary: { readonly summary: string; readonly outcome: string; readonly modelType: string };
  readonly usesAndDirections: {
    readonly intendedUse: string;
    readonly intendedUsers: string;
    readonly targetPopulation: string;
    readonly outOfScope: readonly string[];
  };
  readonly warnings: { readonly notForPatientCare: boolean; readonly limits: readonly string[] };
  readonly trustIngredients: {
    readonly trainingData: ModelHeader['training'] & { readonly baseRate: number };
    readonly cohort: ModelHeader['cohort'];
    readonly mapping: { readonly name: string; readonly hash: string; readonly choices: readonly string[] };
    readonly attrition: ModelMetrics['attrition'] | typeof NOT_AVAILABLE;
    readonly cumulativeIncidence: readonly EventIncidence[] | typeof NOT_AVAILABLE;
    readonly features: { readonly count: number; readonly hash: string; readonly byFamily: Readonly<Record<string, number>> };
    readonly forest: ModelHeader['forest'];
    readonly calibration: ModelHeader['calibration'];
    readonly folds: ModelHeader['folds'];
    readonly bands: ModelHeader['bands'];
  };
  readonly keyMetrics: ModelMetrics['validations'] | typeof NOT_AVAILABLE;
}

/** @returns card.json as an object, and card.md */
export function buildCard(header: ModelHeader, metrics: ModelMetrics): { readonly card: ModelCard; readonly markdown: string } {
  const { training, outcome, forest, features } = header;
  const mapping = modelMapping(header);
  const card: ModelCard = {
    basicInfo: {
      modelName: header.name,
      codeVersion: header.codeVersion,
      createdAt: header.createdAt,
      developerContact: NOT_AVAILABLE,
    },
    releaseInfo: { releaseStage: 'research', regulatoryApproval: 'none' },
    modelSummary: {
      summary:
        `Estimates at discharge the risk of: ${outcome.description}. ${forest.trees} trees on ${features.length} features, ` +
        `trained on ${training.rows} discharges of ${training.patients} patients with ${training.events} events.`,
      outcome: `${outcome.name}: ${outcome.description}`,
      modelType: `random forest (${forest.engine}), output recalibrated (${header.calibration.kind})`,
    },
    usesAndDirections: {
      intendedUse: training.synthetic
        ? 'Development, teaching and research on methods. Not for patient care: it was trained on made-up patients.'
        : 'Research, and evaluation at the site whose records it was trained on. Not for patient care before validation and approval there.',
      intendedUsers: 'Analysts, researchers and developers who can read the validation below.',
      targetPopulation: `Discharges of the cohort "${header.cohort.name}".`,
      outOfScope: [
        'Discharges outside the cohort rules: they are refused, not scored.',
        'Decisions to deny, delay or shorten care.',
        'Comparison of hospitals: risks are not adjusted for that.',
      ],
    },
    warnings: { notForPatientCare: training.synthetic, limits: limitsOf(header, metrics) },
    trustIngredients: {
      trainingData: { ...training, baseRate: header.baseRate },
      cohort: header.cohort,
      mapping: { name: mapping.name, hash: mappingHash(mapping), choices: mappingChoices(mapping) },
      attrition: metrics.attrition !== undefined && metrics.attrition.length > 0 ? metrics.attrition : NOT_AVAILABLE,
      cumulativeIncidence: metrics.cumulativeIncidence ?? NOT_AVAILABLE,
      features: { count: features.length, hash: header.featureHash, byFamily: countBy(features.map((f) => f.family)) },
      forest,
      calibration: header.calibration,
      folds: header.folds,
      bands: header.bands,
    },
    keyMetrics: metrics.validations.length > 0 ? metrics.validations : NOT_AVAILABLE,
  };
  return { card, markdown: cardMarkdown(card) };
}

function limitsOf(header: ModelHeader, metrics: ModelMetrics): string[] {
  const { training, calibration } = header;
  const limits: string[] = [];
  if (training.synthetic) {
    limits.push(
      'Trained on synthetic records. What it learned is how their outcomes were made; performance on real patients is unknown.',
    );
  }
  if (training.refittedOnAll) {
    limits.push(
      'The forest was fitted again on all discharges after validation; the figures are of the models fitted without the held-out ones.',
    );
  }
  if (training.events < 200)
    limits.push(`Only ${training.events} events in training: figures are uncertain and the forest may rest on chance.`);
  if (calibration.kind !== 'logistic') limits.push(`Calibration is limited: ${calibration.reason}.`);
  const sparse = header.features.filter((f) => f.missing > 0.5).length;
  if (sparse > 0)
    limits.push(`${sparse} of ${header.features.length} features were missing in more than half of the training discharges.`);
  if (metrics.validations.length === 0) limits.push('No validation results are recorded.');
  limits.push('Attributions say how the model came to its output, not what caused the outcome.');
  return limits;
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}
