/**
 * A profile of a landing folder: what of the needed elements is there, which codes nothing reads, which features will be empty, what to fix.
 *
 * In   a landing folder and a site mapping (standard codes where none is given)
 * Out  one object without patient data: shares, code systems, codes that enough patients have, features, rules, verdicts
 * Choice  the cohort is built with the definition asked for, so that the figures are those training would see; where it cannot be built,
 *         everything that does not need it is still told
 */
import { buildCohort, readCohortDefinition, type AttritionLine } from '../cohort/index.ts';
import { CohortError, FeatureError } from '../errors.ts';
import { buildMatrix, coverageOf, selectFeatures, type FeatureMatrix } from '../features/index.ts';
import { readManifest } from '../fhir/landing.ts';
import { settleMapping, standardMapping, type SiteMapping } from '../mapping/index.ts';
import { readTerminology, readUnitConversions } from '../terminology/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../warehouse/index.ts';
import { codedPlaces, type CodeCount } from './coded-places.ts';
import { elementShares, type ElementShare } from './elements.ts';
import { classCounts, knownDispositions, linkages, type ClassCount, type Linkage } from './encounter-kinds.ts';
import { codeOccurrence, featureUse, type FeatureUse } from './feature-use.ts';
import { readMeasurements, type Measurements } from './measurements.ts';
import { rawRecords } from './raw-records.ts';
import { verdicts, type Verdict } from './verdicts.ts';
import { readVocabulary, type SystemUse, type UnreadCode } from './vocabulary.ts';

export interface Profile {
  readonly mapping: string;
  /** Records by type, as the manifest counts them. */
  readonly records: Readonly<Record<string, number>>;
  readonly elements: readonly ElementShare[];
  readonly classes: readonly ClassCount[];
  readonly linkages: readonly Linkage[];
  readonly systems: readonly SystemUse[];
  /** Codes of encounters, conditions, procedures and orders that enough patients have. */
  readonly codes: readonly CodeCount[];
  readonly unread: readonly UnreadCode[];
  readonly cohort: {
    readonly definition: string;
    /** null where no cohort could be built. */
    readonly indexDischarges: number | null;
    readonly attrition: readonly AttritionLine[];
    /** Rules that find nothing whatever happened, and what they lack. */
    readonly notAssessable: readonly { readonly rule: string; readonly note: string }[];
    /** Why there is no cohort or no matrix. */
    readonly failure: string | null;
  };
  readonly features: readonly FeatureUse[];
  /** Codes of fewer patients are counted, not named. */
  readonly minimumPatients: number;
  readonly verdicts: readonly Verdict[];
}

export interface ProfileOptions {
  readonly mapping?: SiteMapping;
  /** Name of a shipped cohort definition, or a .json file. */
  readonly cohort?: string;
  /** Default 5. */
  readonly minimumPatients?: number;
  readonly memoryMb?: number;
  readonly threads?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Whose small counts could point at a person. */
const defaultMinimumPatients = 5;
const steps = 6;

/** @throws as `readManifest`, `loadFlatTables` and `readCohortDefinition` */
export async function profileLanding(folder: string, options: ProfileOptions = {}): Promise<Profile> {
  const onProgress = options.onProgress ?? silent;
  const minimumPatients = options.minimumPatients ?? defaultMinimumPatients;
  const mapping = options.mapping ?? standardMapping;
  const definition = readCohortDefinition(options.cohort ?? 'hwr-like');
  const manifest = await readManifest(folder);
  const terminology = readTerminology();
  const recordsByType = new Map<string, number>();
  for (const { type, count } of manifest.files) recordsByType.set(type, (recordsByType.get(type) ?? 0) + count);
  const step = (done: number): void => {
    stopIfCancelled(options.signal, 'the profile');
    onProgress({ task: 'profile', done, total: steps });
  };
  const warehouse = await Warehouse.open({
    ...(options.memoryMb === undefined ? {} : { memoryMb: options.memoryMb }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    await loadTerminology(warehouse);
    await loadFlatTables(warehouse, folder, manifest, { mapping: settleMapping(mapping, manifest.synthetic), onProgress });
    const raw = rawRecords(folder, manifest);
    step(0);
    const elements = await elementShares(warehouse, raw);
    step(1);
    const places = await codedPlaces(warehouse, raw, minimumPatients);
    step(2);
    const observations = raw.get('Observation');
    const measurements: Measurements =
      observations === undefined
        ? { systems: [], measurements: [] }
        : await readMeasurements(warehouse, observations, minimumPatients);
    const vocabulary = readVocabulary({ places, measurements, terminology, units: readUnitConversions(), mapping });
    step(3);
    const occurrence = await codeOccurrence(warehouse, recordsByType);
    const classes = await classCounts(warehouse);
    const links = await linkages(warehouse);
    const dispositions = await knownDispositions(warehouse);
    step(4);
    const set = selectFeatures('all');
    const coverage = coverageOf(manifest.coverage.types, manifest.coverage.from);
    const built: { attrition: readonly AttritionLine[]; matrix: FeatureMatrix | null; failure: string | null } = {
      attrition: [],
      matrix: null,
      failure: null,
    };
    try {
      const cohort = await buildCohort(warehouse, definition, {
        transactionTime: manifest.transactionTime,
        coverage: manifest.coverage,
      });
      built.attrition = cohort.attrition;
      built.matrix = await buildMatrix(warehouse, set, coverage, {
        onProgress,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      // Records without a dated encounter, or values no patient has: the profile is for telling so.
      if (!(error instanceof CohortError || error instanceof FeatureError)) throw error;
      built.failure = error.message;
    }
    step(5);
    const features = featureUse(set.features, built.matrix, occurrence, coverage);
    const notAssessable = built.attrition.flatMap(({ label, note }) =>
      note?.startsWith('not assessable') === true ? [{ rule: label, note }] : [],
    );
    const indexDischarges =
      built.attrition.length === 0 ? null : built.attrition.reduce((n, line) => (line.step === 50 ? n + line.n : n), 0);
    step(6);
    return {
      mapping: mapping.name,
      records: Object.fromEntries([...recordsByType].sort()),
      elements,
      classes: classes.map((count) => withoutRareClass(count, minimumPatients)),
      linkages: links,
      systems: vocabulary.systems,
      codes: places.codes,
      unread: vocabulary.unread,
      cohort: { definition: definition.name, indexDischarges, attrition: built.attrition, notAssessable, failure: built.failure },
      features,
      minimumPatients,
      verdicts: verdicts({
        recordsByType,
        elements,
        classes,
        dispositions,
        linkages: links,
        vocabulary,
        features,
        rules: notAssessable,
        indexDischarges,
        minimumPatients,
      }),
    };
  } finally {
    warehouse.close();
  }
}

/** A class of HL7 is public whoever has it; another is named only where enough patients have it. */
function withoutRareClass(count: ClassCount, minimumPatients: number): ClassCount {
  const isPublic = count.classCode === null || /^(AMB|EMER|FLD|HH|IMP|ACUTE|NONAC|OBSENC|PRENC|SS|VR)$/.test(count.classCode);
  return isPublic || count.patients >= minimumPatients ? count : { ...count, classCode: '(rare)' };
}
