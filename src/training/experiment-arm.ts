/**
 * Settled arms: every file an arm names is read, every default filled in, so that nothing but the data is needed any more.
 *
 * In      a checked experiment
 * Out     per arm its features with their hash, cohort definition, mapping, labels and forest options in force
 * Choice  all of it is read before the first record: what is wrong is refused in seconds
 */
import { resolve } from 'node:path';
import { cohortDefinitionHash, parseCohortDefinition, readCohortDefinition, type CohortDefinition } from '../cohort/index.ts';
import { ExperimentError } from '../errors.ts';
import {
  expandFeatureLists,
  readFeatureFolders,
  selectFeatures,
  type FeatureFamily,
  type FeatureSet,
} from '../features/index.ts';
import { resolveForestOptions, type ForestOptions } from '../forest/index.ts';
import { mappingHash, parseSiteMapping, readSiteMapping, standardMapping, type SiteMapping } from '../mapping/index.ts';
import { sha256File } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import type { Experiment, ExperimentArm, ExperimentEngine } from './experiment.ts';

export interface SettledArm {
  readonly name: string;
  readonly engine: ExperimentEngine;
  readonly features: FeatureSet;
  /** Own families that the features, or their SQL, come from. */
  readonly ownFamilies: readonly FeatureFamily[];
  readonly cohort: CohortDefinition;
  readonly mapping: SiteMapping;
  readonly labels: { readonly path: string; readonly sha256: string } | null;
  /** yyyymmdd */
  readonly runOut: number | undefined;
  /** Options in force but for seed, engine and workers; empty for a logistic regression. */
  readonly forest: Partial<ForestOptions>;
}

/**
 * @throws {ExperimentError} EXPERIMENT_INVALID; {FeatureError} FEATURE_*; {CohortError} COHORT_DEFINITION_*; {MappingError} MAPPING_INVALID;
 *         {ForestError} FOREST_OPTIONS_INVALID
 */
export async function settleArms(experiment: Experiment): Promise<SettledArm[]> {
  const folders = new Map<string, FeatureFamily[]>();
  const arms: SettledArm[] = [];
  for (const arm of experiment.arms) {
    const paths = [
      ...new Set([...experiment.featureFolders, ...arm.featureFolders].map((path) => resolve(experiment.folder, path))),
    ];
    const key = stableJson(paths);
    const families = folders.get(key) ?? (await readFeatureFolders(paths));
    folders.set(key, families);
    arms.push(await settleArm(arm, experiment.folder, families));
  }
  return arms;
}

async function settleArm(arm: ExperimentArm, folder: string, families: readonly FeatureFamily[]): Promise<SettledArm> {
  const { name, engine } = arm;
  const features = selectFeatures(expandFeatureLists(arm.features, folder), families);
  const labels = arm.labels === undefined ? null : resolve(folder, arm.labels);
  return {
    name,
    engine,
    features,
    ownFamilies: features.families.filter(({ own }) => own !== undefined),
    cohort: cohortOf(arm, folder),
    mapping: mappingOf(arm, folder),
    labels: labels === null ? null : { path: labels, sha256: await labelsHash(name, labels) },
    runOut: arm.runOut === undefined ? undefined : Number(arm.runOut.replaceAll('-', '')),
    forest: engine === 'logistic' ? {} : forestOf(arm, features.features.length),
  };
}

function cohortOf({ name, cohort }: ExperimentArm, folder: string): CohortDefinition {
  if (typeof cohort !== 'string') return parseCohortDefinition(cohort, `cohort of arm "${name}"`);
  return readCohortDefinition(cohort.endsWith('.json') ? resolve(folder, cohort) : cohort);
}

function mappingOf({ name, mapping }: ExperimentArm, folder: string): SiteMapping {
  if (mapping === undefined) return standardMapping;
  return typeof mapping === 'string'
    ? readSiteMapping(resolve(folder, mapping))
    : parseSiteMapping(mapping, `mapping of arm "${name}"`);
}

async function labelsHash(arm: string, path: string): Promise<string> {
  try {
    return await sha256File(path);
  } catch (cause) {
    throw new ExperimentError('EXPERIMENT_INVALID', `arm "${arm}": expected a readable labels file, found none at ${path}`, {
      cause,
    });
  }
}

function forestOf({ engine, forest }: ExperimentArm, featureCount: number): Partial<ForestOptions> {
  const given = Object.fromEntries(Object.entries(forest).filter(([, value]) => value !== undefined));
  const asked = { ...given, engine: engine === 'ml-random-forest' ? engine : 'histogram' } as Partial<ForestOptions>;
  const { seed: _seed, workers: _workers, engine: _engine, ...options } = resolveForestOptions(asked, featureCount);
  return options;
}

/** What decides the rows and outcomes of an arm: arms with the same key are compared on one study. */
export function rowsKey({ cohort, mapping, labels, runOut }: SettledArm): string {
  return stableJson([cohortDefinitionHash(cohort), mappingHash(mapping), labels?.sha256 ?? null, runOut ?? null]);
}
