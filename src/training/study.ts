/**
 * A study: a landing folder turned into cohort and matrix, with everything a training or an evaluation needs to know about it.
 *
 * In   a landing folder, a site mapping, a cohort definition, a feature expression
 * Out  matrix of the chosen features, points of the published scores, subgroups, cohort with attrition, hash of the manifest
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCohort, readCohortDefinition, type Cohort, type CohortDefinition, type FollowUp } from '../cohort/index.ts';
import { CohortError } from '../errors.ts';
import {
  asOfTrial,
  buildMatrix,
  coverageOf,
  readFeatureFolders,
  selectFeatures,
  type AsOfTrial,
  type FeatureFamily,
  type FeatureMatrix,
  type FeatureSet,
} from '../features/index.ts';
import { verifyLanding, type LandingManifest } from '../fhir/landing.ts';
import { readSiteMapping, settleMapping, standardMapping, type SettledMapping, type SiteMapping } from '../mapping/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { sha256 } from '../util/sha256.ts';
import { loadFlatTables, loadTerminology, Warehouse, type FlatTableCount } from '../warehouse/index.ts';
import { incidenceOf, watched, type StateIncidence } from './incidence.ts';
import { readSubgroups, type SubgroupColumn } from './subgroup-columns.ts';

export interface StudyOptions {
  /** Name of a shipped cohort definition, or a .json file. */
  readonly cohort?: string;
  /** A definition as such, before `cohort`. */
  readonly cohortDefinition?: CohortDefinition;
  readonly features?: string;
  /** Folders of a researcher's own feature families. */
  readonly featureFolders?: readonly string[];
  /** Such families as read already, before `featureFolders`. */
  readonly ownFamilies?: readonly FeatureFamily[];
  /** A site mapping's JSON file; default: standard codes. */
  readonly mapping?: string;
  /** A mapping as such, before `mapping`. */
  readonly siteMapping?: SiteMapping;
  /** File of labels that take the place of the outcome. */
  readonly labels?: string | undefined;
  /** Tries on a sample whether any feature rests on what was recorded after the prediction time. */
  readonly asOfTrial?: boolean;
  /** Last complete calendar day, yyyymmdd. */
  readonly runOut?: number | undefined;
  readonly memoryMb?: number;
  readonly threads?: number;
  readonly onProgress?: OnProgress;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/** A warehouse with flat tables and the cohort; the caller closes it. */
export interface OpenCohort {
  readonly warehouse: Warehouse;
  readonly manifest: LandingManifest;
  /** SHA-256 of manifest.json, which itself holds the SHA-256 of every file. */
  readonly manifestSha256: string;
  /** What the records were read with. */
  readonly mapping: SettledMapping;
  readonly flatTables: readonly FlatTableCount[];
  readonly cohort: Cohort;
}

export interface Study {
  readonly manifest: LandingManifest;
  readonly manifestSha256: string;
  readonly mapping: SettledMapping;
  readonly flatTables: readonly FlatTableCount[];
  readonly cohort: Cohort;
  readonly features: FeatureSet;
  readonly matrix: FeatureMatrix;
  /** What followed the discharges; null with a researcher's own labels. */
  readonly incidence: readonly StateIncidence[] | null;
  /** What that rests on, where records were followed, so that it can be told of some of the patients. */
  readonly followUp?: FollowUp | null;
  /** Points of the published scores, by name. */
  readonly scores: Readonly<Record<ScoreName, Float64Array>>;
  /** Ways to divide the discharges when results are told, in the order of the matrix. */
  readonly subgroups: readonly SubgroupColumn[];
  /** Start of the first encounter of each discharge's patient. */
  readonly recordStartMs: Float64Array;
  /** Whether features rest on what came later, tried on a sample; null where it was not asked for. */
  readonly asOfTrial: AsOfTrial | null;
}

/** Published scores by the name they are reported under, and the feature that holds their points. */
const scoreFeatures = {
  lace: 'lace',
  hospital_2013: 'hospital_2013',
  hospital_2016: 'hospital_2016',
  charlson: 'charlson_index',
} as const;
export type ScoreName = keyof typeof scoreFeatures;
export const scoreNames = Object.keys(scoreFeatures) as readonly ScoreName[];

/**
 * Verifies the landing folder, loads it and builds the cohort.
 *
 * @throws {MappingError} MAPPING_INVALID before anything is read; {CohortError} COHORT_LABELS_REQUIRED where the definition is that of a model
 *         trained on a labels file and none is given
 */
export async function openCohort(folder: string, options: StudyOptions = {}): Promise<OpenCohort> {
  const onProgress = options.onProgress ?? silent;
  const definition = options.cohortDefinition ?? readCohortDefinition(options.cohort ?? 'hwr-like');
  const asked = options.siteMapping ?? (options.mapping === undefined ? standardMapping : readSiteMapping(options.mapping));
  if (definition.labels !== undefined && options.labels === undefined) {
    throw new CohortError(
      'COHORT_LABELS_REQUIRED',
      `expected a labels file: this cohort's outcome is the label of ${definition.labels.name}; give it with --labels`,
    );
  }
  const manifest = await verifyLanding(folder, { onProgress });
  const mapping = settleMapping(asked, manifest.synthetic);
  stopIfCancelled(options.signal, 'loading');
  const manifestSha256 = sha256(await readFile(join(folder, 'manifest.json')));
  const warehouse = await Warehouse.open({
    ...(options.memoryMb === undefined ? {} : { memoryMb: options.memoryMb }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    await loadTerminology(warehouse);
    const flatTables = await loadFlatTables(warehouse, folder, manifest, { mapping, onProgress });
    stopIfCancelled(options.signal, 'loading');
    const cohort = await buildCohort(warehouse, definition, {
      transactionTime: manifest.transactionTime,
      runOut: options.runOut,
      coverage: manifest.coverage,
      labels: options.labels,
    });
    return { warehouse, manifest, manifestSha256, mapping, flatTables, cohort };
  } catch (error) {
    warehouse.close();
    throw error;
  }
}

/** @throws {CohortError} COHORT_EMPTY when no index discharge is left */
export async function openStudy(folder: string, options: StudyOptions = {}): Promise<Study> {
  const ownFamilies = options.ownFamilies ?? (await readFeatureFolders(options.featureFolders ?? []));
  const features = selectFeatures(options.features, ownFamilies);
  const { warehouse, manifest, manifestSha256, mapping, flatTables, cohort } = await openCohort(folder, options);
  try {
    const chosen = new Set(features.features.map((feature) => feature.name));
    const withScores = selectFeatures([...chosen, ...Object.values(scoreFeatures)].join(','), ownFamilies);
    const coverage = coverageOf(manifest.coverage.types, manifest.coverage.from);
    const all = await buildMatrix(warehouse, withScores, coverage, options);
    if (all.rows === 0) {
      throw new CohortError(
        'COHORT_EMPTY',
        `expected index discharges in ${folder}, found none; see readmission cohort --data for the attrition`,
      );
    }
    const column = (name: string): Float64Array => all.columns[all.features.findIndex((f) => f.name === name)] as Float64Array;
    const keep = all.features.map((feature) => chosen.has(feature.name));
    const matrix = { ...all, features: all.features.filter((_, c) => keep[c]), columns: all.columns.filter((_, c) => keep[c]) };
    const followUp = await watched(warehouse, cohort.definition);
    return {
      manifest,
      manifestSha256,
      mapping,
      flatTables,
      cohort,
      features,
      matrix,
      incidence: followUp === null ? null : incidenceOf(followUp, cohort.definition, 'daily'),
      followUp,
      scores: {
        lace: column(scoreFeatures.lace),
        hospital_2013: column(scoreFeatures.hospital_2013),
        hospital_2016: column(scoreFeatures.hospital_2016),
        charlson: column(scoreFeatures.charlson),
      },
      subgroups: await readSubgroups(warehouse, all.indexIds, manifest.coverage.types),
      recordStartMs: await readRecordStart(warehouse, all.rows),
      // Last: it lays the records out anew.
      asOfTrial: options.asOfTrial === true ? await asOfTrial(warehouse, withScores.families) : null,
    };
  } finally {
    warehouse.close();
  }
}

/** In the order of the matrix. */
async function readRecordStart(warehouse: Warehouse, rows: number): Promise<Float64Array> {
  const [start] = await warehouse.numericColumns(
    `SELECT CAST(MIN(e.period_start_ms) AS DOUBLE)
     FROM index_discharge i JOIN encounter e ON e.patient_id = i.patient_id
     GROUP BY i.patient_id, i.discharge_ms, i.index_id ORDER BY i.patient_id, i.discharge_ms, i.index_id`,
    rows,
    'record start',
  );
  return start as Float64Array;
}
