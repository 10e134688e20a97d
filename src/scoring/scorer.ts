/**
 * The scorer: one discharge, one answer. Knows models and features, no HTTP.
 *
 * In      a checked model folder; a request with features, or with a Bundle of one patient and the encounter to score
 * Out     calibrated risk with exact attributions, or a refusal that names the rule
 * Choice  a value outside the catalogue's range is refused where a caller gives it, and read as missing never: wrong is not absent
 * Choice  a model of a table is asked by features alone: no records can be turned into its columns
 * Choice  who is not an index discharge by the model's own cohort rules gets no number
 */
import { parseCohortDefinition, type CohortDefinition } from '../cohort/index.ts';
import { ScoringError } from '../errors.ts';
import {
  coveredValue,
  coverageOf,
  isCovered,
  isInRange,
  readFeatureFolders,
  selectFeatures,
  tableFeatureSet,
  type Coverage,
  type Feature,
  type FeatureSet,
} from '../features/index.ts';
import { attachForest, createExplainer, createPredictor, type SharedForest } from '../forest/index.ts';
import { mappingChoices, mappingHash } from '../mapping/index.ts';
import {
  isTableModel,
  modelMapping,
  requireFeatureSchema,
  requireRecordModel,
  type ModelFolder,
  type RiskModel,
} from '../model/index.ts';
import { didYouMean } from '../util/nearest-name.ts';
import type { ScoreAnswer } from './answer.ts';
import { answerBase, explain, groupEvidence, reasonCount, topReasons, type Engine } from './answer-composition.ts';
import { readPatientBundle } from './bundle.ts';
import { notEligible } from './eligibility.ts';
import type { Explanation, Questions } from './explanation.ts';
import type { KnownEvent } from './known-events.ts';
import { PatientWarehouse, type Behind, type ScoredStay, type StayAnswer } from './patient-warehouse.ts';
import { bundleRequestSchema, type BundleRequest, type FeaturesRequest } from './request.ts';
import { isFhirTime } from './resource-shape.ts';
import { riskProfile } from './risk-profile.ts';
import { whatIf } from './what-if.ts';

export interface Scorer {
  readonly model: RiskModel;
  readonly modelSha256: string;
  readonly features: FeatureSet;
  /** The model's cohort definition, every choice settled. */
  readonly definition: CohortDefinition;
  /** What records are read with: the model's site mapping. */
  readonly mapping: { readonly name: string; readonly hash: string; readonly choices: readonly string[] };
  scoreFeatures(request: FeaturesRequest): ScoreAnswer;
  /** Every reason, and what the model would say of other values. @throws {ScoringError} EXPLAIN_* beside those of a score */
  explainFeatures(request: FeaturesRequest, questions?: Questions): Explanation;
  /** This and all below: {ModelError} MODEL_OF_TABLE where the model was trained on a table. */
  scoreBundle(request: BundleRequest): Promise<ScoreAnswer>;
  explainBundle(request: BundleRequest, questions?: Questions): Promise<Explanation>;
  /** The inpatient encounter of a Bundle that began last, by the model's mapping and cohort rules; null where there is none. */
  lastInpatientEncounter(request: Pick<BundleRequest, 'bundle' | 'asOf'>): string | null;
  /** Feature values as the matrix has them, for a check against it; NaN where missing. */
  bundleValues(request: BundleRequest): Promise<Float64Array>;
  close(): void;
}

export interface ScorerOptions {
  /** Folders of the researcher's own families that the model was trained with. */
  readonly featureFolders?: readonly string[];
  /** The model's forest as shareForest prepared it for several threads; each thread prepares its own by default. */
  readonly forest?: SharedForest | undefined;
  /** False where records are asked of another scorer: the calls that take a Bundle are refused, and no database is opened. */
  readonly records?: boolean | undefined;
}

/**
 * @throws {ModelError} MODEL_SCHEMA_MISMATCH when this build makes other features than the model reads; {FeatureError} FEATURE_UNKNOWN when the
 *         model reads features of a folder that is not given, FEATURE_FOLDER_*
 */
export async function createScorer(folder: ModelFolder, options: ScorerOptions = {}): Promise<Scorer> {
  const { model, modelSha256 } = folder;
  const isTable = isTableModel(model.header);
  const names = model.header.features.map((feature) => feature.name);
  // The columns of a table are what the model says they are: there is no definition to hold them against.
  const set = isTable
    ? tableFeatureSet(model.header.features, 'all')
    : selectFeatures(names.join(','), await readFeatureFolders(options.featureFolders ?? []));
  requireFeatureSchema(
    model,
    set.features.map((feature) => feature.name),
    set.hash,
  );
  const definition = parseCohortDefinition(model.header.cohort.definition, "the model's cohort definition");
  const mapping = modelMapping(model.header);
  const warehouse = isTable || options.records === false ? null : await PatientWarehouse.open(definition, set, mapping);
  const records = (): PatientWarehouse => {
    requireRecordModel(model.header);
    if (warehouse !== null) return warehouse;
    throw new ScoringError(
      'SCORING_NO_RECORDS',
      'expected features, as this scorer was made without records; make one with them',
    );
  };
  const shared = options.forest === undefined ? undefined : attachForest(options.forest);
  const explainer = shared ?? createExplainer(model.forest);
  const engine: Engine = {
    model,
    modelSha256,
    set,
    predictor: shared ?? createPredictor(model.forest),
    explainer,
    // The mean output of the training rows is the same for every row that is explained.
    baseValue: explainer.explain(new Float64Array(names.length).fill(Number.NaN)).baseValue,
  };

  return {
    model,
    modelSha256,
    features: set,
    definition,
    mapping: { name: mapping.name, hash: mappingHash(mapping), choices: mappingChoices(mapping) },
    scoreFeatures: (request) => scoreFeatures(engine, request, reasonCount).answer,
    explainFeatures: (request, questions) =>
      explanation(engine, scoreFeatures(engine, { ...request, explain: true }, Infinity), questions),
    scoreBundle: async (request) => scoreBundle(engine, records(), request, reasonCount).answer,
    explainBundle: async (request, questions) => {
      const asked = { ...request, explain: true };
      return explanation(engine, scoreBundle(engine, records(), asked, Infinity, questions?.knownDays), questions);
    },
    lastInpatientEncounter: ({ bundle, asOf }) =>
      records().lastInpatientEncounter(readPatientBundle(bundle, records().readers).resources, checkedTime(asOf)),
    bundleValues: async (request) => withStay(engine, records(), request, ({ values }) => values),
    close: () => warehouse?.close(),
  };
}

function checkedTime(asOf: string | undefined): string | undefined {
  if (asOf === undefined || isFhirTime(asOf)) return asOf;
  throw new ScoringError('SCORING_REQUEST_INVALID', 'asOf: expected a FHIR dateTime');
}

interface Scored {
  readonly answer: ScoreAnswer;
  readonly values: Float64Array;
  readonly known?: KnownEvent[];
}

function explanation(engine: Engine, { answer, values, known }: Scored, { set, profile }: Questions = {}): Explanation {
  return {
    answer,
    whatIf: set === undefined ? null : whatIf(engine, values, set),
    profile: profile === undefined ? null : riskProfile(engine, values, profile),
    ...(known === undefined ? {} : { known }),
  };
}

/** @param reasons  how many are told */
function scoreFeatures(engine: Engine, request: FeaturesRequest, reasons: number): Scored {
  const { features } = engine.set;
  const given = request.features;
  let known = 0;
  const values = new Float64Array(features.length);
  features.forEach((feature, c) => {
    // A feature of a table may be called like something that every object has.
    const isGiven = Object.hasOwn(given, feature.name);
    const value = isGiven ? given[feature.name] : null;
    if (isGiven) known += 1;
    values[c] = value ?? Number.NaN;
    if (value !== null && value !== undefined) requireInRange(feature, value);
  });
  const names = Object.keys(given);
  if (names.length > known) {
    const own = features.map(({ name }) => name);
    const unknown = names.find((name) => !own.includes(name)) as string;
    const near = didYouMean(unknown, own);
    throw new ScoringError(
      'SCORING_FEATURE_UNKNOWN',
      // The name itself came from the caller and may be anything.
      `expected features of the model, found one it does not read${near === '' ? ';' : near} GET /v1/model lists them`,
      {
        details: { models: features.length },
      },
    );
  }
  if (values.every((value) => Number.isNaN(value))) {
    throw new ScoringError('SCORING_FEATURES_EMPTY', 'expected at least one feature with a value, found none');
  }
  const explained = explain(engine, values, request.explain ?? true);
  const answer = {
    ...answerBase(engine, values, [], explained, topReasons(explained, reasons), () => []),
    encounter: null,
    stay: null,
    asOf: null,
    coverage: null,
    notes: [],
  };
  return { answer, values };
}

/**
 * @param reasons    how many are told
 * @param knownDays  of which what was known is told; undefined tells nothing
 */
function scoreBundle(
  engine: Engine,
  warehouse: PatientWarehouse,
  request: BundleRequest,
  reasons: number,
  knownDays?: number,
): Scored {
  return withStay(engine, warehouse, request, ({ stay, values, notCovered, stated, notes, behind }) => {
    const explained = explain(engine, values, request.explain ?? true);
    const told = topReasons(explained, reasons);
    const resources = groupEvidence(behind.evidenceOf(told.map((c) => (engine.set.features[c] as Feature).name)));
    const answer = {
      ...answerBase(engine, values, notCovered, explained, told, (name) => resources.get(name) ?? []),
      encounter: stay.dischargeEncounter,
      stay: { admission: instant(stay.admitMs), discharge: instant(stay.dischargeMs), reason: stay.reasonDisplay },
      asOf: instant(stay.dischargeMs),
      coverage: stated,
      notes,
    };
    return { answer, values, ...(knownDays === undefined ? {} : { known: behind.eventsOf(knownDays) }) };
  });
}

interface FoundStay extends Masked {
  readonly stay: ScoredStay;
  readonly stated: { types: string[]; from: string | null; assumed: boolean };
  readonly notes: string[];
  readonly behind: Behind;
}

function withStay<T>(engine: Engine, warehouse: PatientWarehouse, request: BundleRequest, use: (found: FoundStay) => T): T {
  const checked = bundleRequestSchema.safeParse(request);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new ScoringError(
      'SCORING_REQUEST_INVALID',
      `${issue?.path.join('.') || 'request'}: expected ${issue?.message ?? 'another form'}`,
    );
  }
  const bundle = readPatientBundle(request.bundle, warehouse.readers);
  const stated = request.covers
    ? { types: [...request.covers.types], from: request.covers.from, assumed: false }
    : { types: [...bundle.types], from: null, assumed: true };
  const coverage = coverageOf(['Patient', ...stated.types], stated.from);
  const encounterId = request.encounter.startsWith('Encounter/') ? request.encounter : `Encounter/${request.encounter}`;
  return warehouse.read({ resources: bundle.resources, encounterId, asOf: request.asOf }, (answer, behind) => {
    const { encounter, stay } = requireStay(answer, encounterId);
    const notes: string[] = [];
    if (encounter.asOfMs > stay.dischargeMs) {
      notes.push('asOf lies after the end of the stay; the end was taken, as in training');
    }
    if (stay.dischargeEncounter !== encounter.id) {
      notes.push('the stay goes on in a later encounter; the stay as a whole was scored');
    }
    return use({ stay, ...masked(engine.set.features, stay, coverage), stated, notes, behind });
  });
}

/** @throws {ScoringError} SCORING_ENCOUNTER_UNKNOWN, SCORING_AS_OF, SCORING_NOT_ELIGIBLE with the rule */
function requireStay(answer: StayAnswer, encounterId: string): { encounter: { id: string; asOfMs: number }; stay: ScoredStay } {
  const { encounter, stay } = answer;
  if (encounter === null) {
    throw new ScoringError(
      'SCORING_ENCOUNTER_UNKNOWN',
      `expected ${encounterId} among the Bundle's entries, found no such encounter`,
    );
  }
  if (encounter.asOfMs === null) {
    throw new ScoringError(
      'SCORING_AS_OF',
      'expected asOf, or a period.end of the encounter; the stay is open: give the prediction time as asOf',
    );
  }
  if (encounter.startMs !== null && encounter.startMs > encounter.asOfMs) {
    throw new ScoringError('SCORING_AS_OF', 'expected asOf at or after the start of the encounter');
  }
  if (stay === null) throw notEligible(encounterId, 'not-inpatient');
  if (stay.exclusion !== null) throw notEligible(encounterId, stay.exclusion);
  return { encounter: { id: encounter.id, asOfMs: encounter.asOfMs }, stay };
}

interface Masked {
  readonly values: Float64Array;
  readonly notCovered: string[];
}

function masked(features: readonly Feature[], stay: ScoredStay, coverage: Coverage): Masked {
  const notCovered = features.filter((feature) => !isCovered(feature, stay.admitMs, stay.dischargeMs, coverage));
  const values = Float64Array.from(features, (feature, c) => {
    const value = coveredValue(feature, stay.values[c] as number, stay.admitMs, stay.dischargeMs, coverage);
    requireInRange(feature, value);
    return value;
  });
  return { values, notCovered: notCovered.map((feature) => feature.name) };
}

function requireInRange(feature: Feature, value: number): void {
  if (isInRange(feature, value)) return;
  const [low, high] = feature.range;
  throw new ScoringError(
    'SCORING_FEATURE_RANGE',
    `${feature.name}: expected ${low} to ${high} ${feature.unit}, found a value outside`,
    { details: { feature: feature.name, low, high } },
  );
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
