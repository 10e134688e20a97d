/**
 * A model folder's content from a forest that was trained elsewhere: asked by features, as any model of a table.
 *
 * In      the document of the forest with what it says of its training rows; what its file, its outcome and the columns of later tables are called
 * Out     a model without validation; its risk is the forest's own output, and header and card say that nothing calibrated it
 * Choice  the document must tell of the training rows: an answer says which values lie outside their range, and a card how many there were
 * Choice  its patients are not known, so none of them can be told apart later: figures on the very rows it was trained on would be too good
 * Choice  what a table says of itself (definition, mapping, features) is asked of an empty one
 * Choice  one band: nothing has shown where bands should part
 */
import { cohortDefinitionHash } from '../cohort/index.ts';
import { ForestError } from '../errors.ts';
import type { FlatForest } from '../forest/index.ts';
import { mappingHash } from '../mapping/index.ts';
import { buildCard, type CalibrationMap, type ModelCard, type ModelHeader, type RiskModel } from '../model/index.ts';
import { tableStudy, type OwnTable } from '../training/index.ts';
import { namedFeatures } from '../training/table-features.ts';
import { codeVersion } from '../util/code-version.ts';
import { parseForestDocument, type ForestDocument, type TrainingSummary } from './forest-document.ts';
import { forestOfDocument } from './scikit-learn-forest.ts';

export interface ImportOptions {
  /** Of the model. */
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  /** Name and SHA-256 of the document's file. */
  readonly file: { readonly name: string; readonly sha256: string };
  /** Whether the patients of the training rows are made up. */
  readonly synthetic: boolean;
  /** Days in which the outcome was looked for; default 30. */
  readonly horizonDays?: number | undefined;
  /** What the second class is, in words; default the class and the file. */
  readonly outcome?: string | undefined;
  /** Columns of outcome and patient in tables that the model is asked about. */
  readonly label: string;
  readonly groups: string;
}

/** metrics.json of a model that nothing validated. */
export interface ImportedMetrics {
  readonly outcome: string;
  readonly featureSet: 'all';
  readonly seed: 0;
  /** Bootstrap draws. */
  readonly draws: 0;
  readonly discharges: number;
  readonly patients: number;
  readonly states: { readonly 'label-1': number; readonly 'label-0': number };
  readonly validations: readonly [];
}

export interface ImportedModel {
  readonly model: RiskModel;
  readonly metrics: ImportedMetrics;
  readonly card: ModelCard;
  readonly cardMarkdown: string;
  /** Features whose name in the model is another than in the document. */
  readonly renamed: readonly { readonly name: string; readonly column: string }[];
}

/** So near to 0 that the map from output to risk moves nothing that anyone reads. */
const EPSILON = 1e-9;

/**
 * @param document  from JSON
 * @throws {ForestError} FOREST_FILE_FORMAT, FOREST_FILE_TREE; FOREST_FILE_TRAINING where it does not tell of its training rows;
 *         {AnalystError} MATRIX_NAME_CLASH where two features would have the same name in a model
 */
export function importedModel(document: unknown, options: ImportOptions): ImportedModel {
  const parsed = parseForestDocument(document);
  const forest = forestOfDocument(parsed);
  const training = requireTraining(parsed);
  const names = namedFeatures(parsed.feature_names);
  const header = headerOf(parsed, forest, training, names, options);
  const metrics: ImportedMetrics = {
    outcome: header.outcome.description,
    featureSet: 'all',
    seed: 0,
    draws: 0,
    discharges: training.rows,
    patients: training.patients,
    states: { 'label-1': training.events, 'label-0': training.rows - training.events },
    validations: [],
  };
  const { card, markdown } = buildCard(header, metrics);
  const renamed = names.filter(({ name, column }) => name !== column);
  return { model: { header, forest }, metrics, card, cardMarkdown: markdown, renamed };
}

function headerOf(
  { made_by, classes, input_precision }: ForestDocument,
  forest: FlatForest,
  { rows, events, patients, min, max, missing }: TrainingSummary,
  names: ImportedModel['renamed'],
  { name, createdAt, file, synthetic, horizonDays, outcome, label, groups }: ImportOptions,
): ModelHeader {
  const columns = names.map((named) => ({ ...named, unit: '', family: 'table' }));
  const study = tableStudy(withoutRows(columns, { label, groups }), {
    name: file.name,
    sha256: file.sha256,
    synthetic,
    ...(horizonDays === undefined ? {} : { horizonDays }),
  });
  const { definition } = study.cohort;
  const trees = forest.treeStart.length - 1;
  return {
    format: 'readmission-model',
    formatVersion: 1,
    name,
    codeVersion,
    createdAt,
    features: columns.map((feature, c) => ({
      name: feature.name,
      unit: feature.unit,
      family: feature.family,
      min: min[c]!,
      max: max[c]!,
      missing: missing[c]!,
    })),
    featureHash: study.features.hash,
    cohort: { name: definition.name, hash: cohortDefinitionHash(definition), definition },
    mapping: { name: study.mapping.name, hash: mappingHash(study.mapping), document: study.mapping },
    outcome: {
      name: 'own-label',
      horizonDays: definition.horizonDays,
      description: outcome ?? `class ${String(classes[1])} of the forest ${file.name} (SHA-256 ${file.sha256.slice(0, 12)}…)`,
    },
    training: {
      rows,
      events,
      patients,
      manifestSha256: file.sha256,
      transactionTime: '',
      synthetic,
      refittedOnAll: false,
    },
    forest: { engine: made_by, trees, options: { imported: file.name.slice(0, 200), inputPrecision: input_precision } },
    seed: 0,
    folds: { count: 1, seed: 0, rule: 'none: the forest was trained elsewhere and not validated here' },
    calibration: uncalibrated(),
    bands: [{ name: 'undivided', from: 0, meaning: 'not validated here, so that nothing shows where bands should part' }],
    baseRate: events / rows,
  };
}

function uncalibrated(): CalibrationMap {
  return {
    kind: 'identity',
    intercept: 0,
    slope: 1,
    epsilon: EPSILON,
    reason: 'not calibrated: the forest was trained elsewhere, and its risk is its own output as it is',
    rows: 0,
    events: 0,
  };
}

function withoutRows(features: OwnTable['features'], roles: OwnTable['roles']): OwnTable {
  return {
    featureCount: features.length,
    rows: 0,
    columns: features.map(() => new Float64Array()),
    outcome: new Uint8Array(),
    groups: new Int32Array(),
    features,
    roles,
    ids: [],
    groupKeys: [],
    timeMs: null,
    reasons: null,
  };
}

function requireTraining({ training }: ForestDocument): TrainingSummary {
  if (training !== undefined) return training;
  throw new ForestError(
    'FOREST_FILE_TRAINING',
    'expected what the forest says of its training rows, "training", found none: an answer tells what lies outside their range; ' +
      'write the forest again with x and y',
  );
}
