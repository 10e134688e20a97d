/**
 * The studies of an experiment: as few as its arms allow. Arms with equal rows share one, each with its own columns.
 *
 * In      settled arms, the landing folder
 * Out     per arm its study, with a matrix of the arm's features
 * Choice  a study holds the union of its arms' features; only where two arms have another family under one name are there two studies of the
 *         same rows
 * Choice  studies are made one after another, each lets its warehouse go: what stays is numbers (8 bytes a cell)
 */
import type { Cohort } from '../cohort/index.ts';
import { ExperimentError } from '../errors.ts';
import type { FeatureFamily, FeatureMatrix } from '../features/index.ts';
import type { LandingManifest } from '../fhir/landing.ts';
import type { SettledMapping } from '../mapping/index.ts';
import { stableJson } from '../util/stable-json.ts';
import { rowsKey, type SettledArm } from './experiment-arm.ts';
import { openStudy, type StudyOptions } from './study.ts';

export interface ArmStudy {
  readonly arm: SettledArm;
  /** The arm's own columns, in the order of its features. */
  readonly matrix: FeatureMatrix;
  readonly cohort: Cohort;
  readonly mapping: SettledMapping;
  readonly manifest: LandingManifest;
  readonly manifestSha256: string;
}

export type StudyRun = Pick<StudyOptions, 'memoryMb' | 'threads' | 'onProgress' | 'signal'>;

/** @returns  in the order of the arms @throws whatever opening a study throws, see openStudy */
export async function openArmStudies(arms: readonly SettledArm[], data: string, run: StudyRun): Promise<ArmStudy[]> {
  const opened = new Map<SettledArm, ArmStudy>();
  for (const together of shareStudies(arms)) {
    const { cohort: cohortDefinition, mapping: siteMapping, labels, runOut } = together[0] as SettledArm;
    const study = await openStudy(data, {
      ...run,
      cohortDefinition,
      siteMapping,
      labels: labels?.path,
      runOut,
      features: [...new Set(together.flatMap(({ features }) => features.features.map(({ name }) => name)))].join(','),
      ownFamilies: uniqueFamilies(together),
    });
    const { cohort, mapping, manifest, manifestSha256 } = study;
    for (const arm of together) {
      opened.set(arm, { arm, matrix: columnsOf(study.matrix, arm), cohort, mapping, manifest, manifestSha256 });
    }
  }
  const studies = arms.map((arm) => opened.get(arm) as ArmStudy);
  if (new Set(studies.map(({ manifestSha256 }) => manifestSha256)).size > 1) {
    throw new ExperimentError(
      'EXPERIMENT_DATA_CHANGED',
      `expected ${data} to stay as it is, found another manifest.json; run again`,
    );
  }
  return studies;
}

/** Arms by study: equal rows, and no name of a family with two meanings. */
function shareStudies(arms: readonly SettledArm[]): SettledArm[][] {
  const groups: { key: string; meaning: Map<string, string>; arms: SettledArm[] }[] = [];
  for (const arm of arms) {
    const key = rowsKey(arm);
    const own = arm.ownFamilies.map((family) => [family.family, stableJson(family.own)] as const);
    // Own features of one study must not clash either, whatever family they are in.
    const features = arm.ownFamilies.flatMap(({ family, features }) =>
      features.map(({ name }) => [`feature ${name}`, family] as const),
    );
    const meanings = [...own, ...features];
    const group = groups.find(
      (g) => g.key === key && meanings.every(([name, meaning]) => (g.meaning.get(name) ?? meaning) === meaning),
    );
    const target = group ?? { key, meaning: new Map<string, string>(), arms: [] };
    if (group === undefined) groups.push(target);
    for (const [name, meaning] of meanings) target.meaning.set(name, meaning);
    target.arms.push(arm);
  }
  return groups.map((group) => group.arms);
}

function uniqueFamilies(arms: readonly SettledArm[]): FeatureFamily[] {
  const byName = new Map(arms.flatMap(({ ownFamilies }) => ownFamilies.map((family) => [family.family, family] as const)));
  return [...byName.values()].sort((a, b) => (a.family < b.family ? -1 : 1));
}

function columnsOf(matrix: FeatureMatrix, { features: { features } }: SettledArm): FeatureMatrix {
  const place = new Map(matrix.features.map(({ name }, c) => [name, c] as const));
  const columns = features.map(({ name }) => matrix.columns[place.get(name) as number] as Float64Array);
  return { ...matrix, features, columns };
}
