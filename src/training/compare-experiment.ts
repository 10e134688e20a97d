/**
 * An experiment run: arms settled, studies made, risks held out, figures compared.
 *
 * In      a checked experiment, a landing folder
 * Out     the results (metrics.json as an object), and the record of what they rest on (./experiment-record.ts)
 * Choice  the results hold no time, path or version: equal records, data and rules give equal bytes
 */
import { resolve } from 'node:path';
import { cohortDefinitionHash, outcomeOf } from '../cohort/index.ts';
import type { Figure } from '../evaluation/index.ts';
import { columnDictionary } from '../features/index.ts';
import { mappingHash } from '../mapping/index.ts';
import { stableJson } from '../util/stable-json.ts';
import { compareArms, type ArmDifference, type ArmRows } from './compare-figures.ts';
import { armRisks, type RiskRun } from './compare-risks.ts';
import { openArmStudies, type ArmStudy, type StudyRun } from './compare-studies.ts';
import type { Experiment } from './experiment.ts';
import { settleArms, type SettledArm } from './experiment-arm.ts';
import { experimentRecord, type ExperimentRecord, type SideFile } from './experiment-record.ts';

interface ArmResult {
  readonly name: string;
  readonly engine: string;
  readonly features: number;
  readonly featureHash: string;
  readonly cohort: string;
  readonly cohortHash: string;
  readonly mappingHash: string;
  readonly outcome: string;
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  /** By metric. */
  readonly figures: Readonly<Record<string, Figure>>;
}

export interface Comparison {
  readonly format: 'readmission-comparison';
  readonly formatVersion: 1;
  readonly name: string;
  readonly manifestSha256: string;
  readonly seed: number;
  readonly folds: number;
  readonly repeats: number;
  readonly draws: number;
  readonly adjust: 'holm' | 'bh';
  readonly reference: string;
  readonly metrics: readonly string[];
  readonly arms: readonly ArmResult[];
  readonly differences: readonly ArmDifference[];
  readonly pairs: readonly ArmDifference[];
}

export interface ExperimentResult {
  readonly comparison: Comparison;
  readonly record: ExperimentRecord;
  /** Files of the researcher that go into the folder of results: own features, labels. */
  readonly sideFiles: readonly SideFile[];
  /** Every feature of an arm, and the arms that read it. */
  readonly dictionary: object;
}

export interface ExperimentRun extends StudyRun, Pick<RiskRun, 'workers'> {
  /** Told the arms before the records are read; what it throws ends the run. */
  readonly onSettled?: (arms: readonly SettledArm[]) => void;
}

/** @throws what settling arms, opening studies and training throw; see ./experiment-arm.ts, ./study.ts, ../forest/train.ts */
export async function runExperiment(experiment: Experiment, data: string, run: ExperimentRun = {}): Promise<ExperimentResult> {
  const arms = await settleArms(experiment);
  run.onSettled?.(arms);
  const studies = await openArmStudies(arms, data, run);
  const rows: ArmRows[] = [];
  for (const { arm, matrix } of studies) {
    const { indexIds, patientIds, outcome, reasons } = matrix;
    rows.push({ name: arm.name, indexIds, patientIds, outcome, reasons, ...(await armRisks(matrix, arm, experiment, run)) });
  }
  const { figures, differences, pairs } = await compareArms(rows, experiment, run);
  const { name, seed, folds, repeats, draws, adjust, reference, metrics } = experiment;
  const { manifest, manifestSha256 } = studies[0] as ArmStudy;
  const comparison: Comparison = {
    format: 'readmission-comparison',
    formatVersion: 1,
    name,
    manifestSha256,
    seed,
    folds,
    repeats,
    draws,
    adjust,
    reference,
    metrics,
    arms: studies.map((study) => armResult(study, figures[study.arm.name] ?? {})),
    differences,
    pairs,
  };
  const { record, sideFiles } = experimentRecord(experiment, studies, {
    path: resolve(data),
    manifestSha256,
    transactionTime: manifest.transactionTime,
    synthetic: manifest.synthetic,
  });
  return { comparison, record, sideFiles, dictionary: dictionaryOf(studies) };
}

/** The bytes of metrics.json. */
export function comparisonText(comparison: Comparison): string {
  return `${stableJson(comparison, 2)}\n`;
}

function armResult({ arm, matrix, cohort, mapping }: ArmStudy, figures: ArmResult['figures']): ArmResult {
  return {
    name: arm.name,
    engine: arm.engine,
    features: matrix.features.length,
    featureHash: arm.features.hash,
    cohort: cohort.definition.name,
    cohortHash: cohortDefinitionHash(cohort.definition),
    mappingHash: mappingHash(mapping),
    outcome: outcomeOf(cohort.definition).description,
    rows: matrix.rows,
    events: matrix.outcome.reduce((sum, y) => sum + y, 0),
    patients: new Set(matrix.patientIds).size,
    figures,
  };
}

function dictionaryOf(studies: readonly ArmStudy[]): object {
  const entries = new Map<string, { definition: object; arms: string[] }>();
  for (const { arm, matrix } of studies) {
    for (const [name, definition] of Object.entries(columnDictionary(matrix))) {
      const entry = entries.get(name);
      if (entry === undefined) entries.set(name, { definition, arms: [arm.name] });
      else entry.arms.push(arm.name);
    }
  }
  return Object.fromEntries([...entries].map(([name, { definition, arms }]) => [name, { ...definition, arms }]));
}
