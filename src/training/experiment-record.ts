/**
 * The record of an experiment: everything it rests on but the data, so that it can be repeated from its folder of results.
 *
 * In      a checked experiment, its studies
 * Out     experiment.json, in which every file, name and default is spelt out; the files that it needs beside it
 * Choice  the researcher's own files are copied, each in a folder named by its content: two arms may have another family under one name
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { cohortDefinitionHash } from '../cohort/index.ts';
import { ExperimentError } from '../errors.ts';
import { mappingHash } from '../mapping/index.ts';
import { codeVersion } from '../util/code-version.ts';
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import type { ArmStudy } from './compare-studies.ts';
import type { Experiment, ExperimentDocument } from './experiment.ts';
import type { SettledArm } from './experiment-arm.ts';

export interface SideFile {
  /** Inside the folder of results, parts joined by "/". */
  readonly path: string;
  readonly content: Uint8Array | string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const recordSchema = z.strictObject({
  format: z.literal('readmission-experiment'),
  formatVersion: z.literal(1),
  codeVersion: z.string(),
  data: z.strictObject({
    /** As it was given, for people and as the default of a repetition. */
    path: z.string(),
    manifestSha256: hash,
    transactionTime: z.string(),
    synthetic: z.boolean(),
  }),
  /** Checked as an experiment file is; paths are relative to the folder of results. */
  experiment: z.record(z.string(), z.unknown()),
  arms: z.array(
    z.strictObject({
      name: z.string(),
      featureHash: hash,
      cohortHash: hash,
      mappingHash: hash,
      labelsSha256: hash.nullable(),
      /** Last complete day in force, yyyymmdd. */
      runOut: z.int(),
    }),
  ),
});
export type ExperimentRecord = z.infer<typeof recordSchema>;

export function experimentRecord(
  experiment: Experiment,
  studies: readonly ArmStudy[],
  data: ExperimentRecord['data'],
): { record: ExperimentRecord; sideFiles: SideFile[] } {
  const files = new Map<string, SideFile>();
  const keep = (path: string, content: Uint8Array | string): void => void files.set(path, { path, content });
  const { folder: _folder, data: _data, featureFolders: _folders, arms: _arms, ...rules } = experiment;
  const document: ExperimentDocument = { ...rules, arms: studies.map(({ arm }) => armDocument(arm, keep)) };
  return {
    record: {
      format: 'readmission-experiment',
      formatVersion: 1,
      codeVersion,
      data,
      experiment: document,
      arms: studies.map(({ arm, cohort, mapping }) => ({
        name: arm.name,
        featureHash: arm.features.hash,
        cohortHash: cohortDefinitionHash(cohort.definition),
        mappingHash: mappingHash(mapping),
        labelsSha256: arm.labels?.sha256 ?? null,
        runOut: cohort.runOut,
      })),
    },
    sideFiles: [...files.values()],
  };
}

function armDocument(
  arm: SettledArm,
  keep: (path: string, content: Uint8Array | string) => void,
): ExperimentDocument['arms'][number] {
  const labels = arm.labels === null ? null : `labels/${arm.labels.sha256.slice(0, 12)}/${basename(arm.labels.path)}`;
  if (arm.labels !== null && labels !== null) keep(labels, readFileSync(arm.labels.path));
  const featureFolders = arm.ownFamilies.map(({ family, own }) => {
    const folder = `features/${sha256(stableJson(own)).slice(0, 12)}`;
    keep(`${folder}/${family}.json`, own?.catalogue ?? '');
    keep(`${folder}/${family}.sql`, own?.sql ?? '');
    return folder;
  });
  return {
    name: arm.name,
    engine: arm.engine,
    features: arm.features.features.map(({ name }) => name).join(','),
    featureFolders,
    cohort: { ...arm.cohort },
    mapping: { ...arm.mapping },
    forest: forestDocument(arm),
    ...(labels === null ? {} : { labels }),
    ...(arm.runOut === undefined ? {} : { runOut: calendarDay(arm.runOut) }),
  };
}

function forestDocument({ forest }: SettledArm): NonNullable<ExperimentDocument['arms'][number]['forest']> {
  const { trees, mtry, minLeafRows, minLeafWeight, maxDepth, maxBins, bootstrap } = forest;
  if (trees === undefined) return {};
  return { trees, mtry, minLeafRows, ...(minLeafWeight === undefined ? {} : { minLeafWeight }), maxDepth, maxBins, bootstrap };
}

function calendarDay(ymd: number): string {
  return String(ymd).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

/** @throws {ExperimentError} EXPERIMENT_FOLDER when it is not the record of an experiment */
export function parseExperimentRecord(text: string, where: string): ExperimentRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ExperimentError('EXPERIMENT_FOLDER', `${where}: expected JSON, found another form; copy the folder again`, {
      cause,
    });
  }
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ExperimentError(
    'EXPERIMENT_FOLDER',
    `${where}: expected the record of an experiment, version 1: ${issue?.path.join('.') || 'document'}: ${issue?.message}`,
  );
}
