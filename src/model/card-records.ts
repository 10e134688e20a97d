/**
 * Records of what happened to a model after its training: validation on other data, monitoring, and the models it came from. The card
 * quotes them.
 *
 * File    records.json in the model folder, stamped with the SHA-256 of the model.bin it is about, oldest record first
 * Choice  records are only added: a poor result cannot be taken out by a later good one. Those of another model are not read
 * Choice  figures are of the model as it is in the folder, on discharges of patients it was not trained on
 */
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stableJson } from '../util/stable-json.ts';
import { describeIssues } from './model-header.ts';
import { readRegularFile } from './regular-file.ts';
import { parseStrictJson } from './strict-json.ts';

export const RECORDS_FILE = 'records.json';
const MAX_BYTES = 64 * 1024 * 1024;

const text = z.string().trim().min(1).max(4000);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const instant = z.iso.datetime({ offset: true });
/** An estimate with its 95 % interval; null where it has no value. */
const figure = z.strictObject({ estimate: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable() });
const figures = z.record(z.string().min(1).max(100), figure);

const subgroupTable = z.strictObject({
  by: text,
  /** Counts are null where they are withheld. */
  notRecorded: count.nullable(),
  threshold: z.number(),
  groups: z.array(
    z.strictObject({
      group: text,
      rows: count.nullable(),
      patients: count.nullable(),
      events: count.nullable(),
      suppressed: text.nullable(),
      figures,
      differences: figures,
    }),
  ),
});

const data = z.strictObject({
  /** What the data are called, such as "St. Mary, discharges of 2025". */
  name: text,
  /** SHA-256 of manifest.json, which holds the SHA-256 of every file. */
  manifestSha256: hash,
  synthetic: z.boolean(),
  /** Records as of. */
  transactionTime: text,
});

const run = {
  when: instant,
  data,
  /** Discharges judged. */
  rows: count,
  patients: count,
  /** The command line that made the record, without secrets. */
  command: text,
  codeVersion: text,
};

export const ExternalValidationRecordSchema = z.strictObject({
  ...run,
  /** Who did it: an organisation or a person; absent where nobody was named. */
  party: text.optional(),
  /** Where the data come from, in words: kind of hospital, country, years. */
  setting: text.optional(),
  events: count,
  /** Discharges of patients seen in training, left out. */
  seenLeftOut: count.optional(),
  /** Discharges of patients whose ids occur in training, kept since they were said to be others; absent where nothing was said. */
  sameIdsKept: count.optional(),
  /** What the discharges were judged by, in words. */
  outcome: text,
  /** Of the model: auroc, averagePrecision, brier, scaledBrier, calibrationIntercept, calibrationSlope, ici, ... */
  figures,
  /** Of the scores it is held against, by name, then metric. */
  baselines: z.record(z.string().min(1).max(100), figures).optional(),
  subgroups: z.array(subgroupTable),
});

export const MonitoringRecordSchema = z.strictObject({
  ...run,
  sameIdsKept: count.optional(),
  /** Events among the discharges whose outcome is known; absent where none is. */
  events: count.optional(),
  /** Population stability index of the risk and of the features that moved most, against training. */
  stability: z.strictObject({
    risk: z.number().nullable(),
    features: z.array(z.strictObject({ name: text, index: z.number().nullable() })),
  }),
  /** Of the model where outcomes are known; empty where not. */
  figures,
  subgroups: z.array(subgroupTable),
  /** Bounds that were exceeded, one sentence each; empty when none was. */
  exceeded: z.array(text),
});

export const ParentRecordSchema = z.strictObject({
  when: instant,
  /** SHA-256 of the parent's model.bin. */
  modelSha256: hash,
  name: text,
  /** What was done to the parent. */
  change: z.enum(['recalibrated', 'retrained']),
  /** How: "intercept", "slope", "isotonic", "forest fitted anew". */
  method: text,
  /** Data the change rests on. */
  data: data.optional(),
  sameIdsKept: count.optional(),
  rows: count.optional(),
  events: count.optional(),
  /** What changed, one or two sentences, with figures before and after where there are any. */
  description: text,
  command: text,
  codeVersion: text,
});

/** Readonly to the last leaf, so that results can be handed on as they are. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

export type ExternalValidationRecord = Frozen<z.infer<typeof ExternalValidationRecordSchema>>;
export type MonitoringRecord = Frozen<z.infer<typeof MonitoringRecordSchema>>;
export type ParentRecord = Frozen<z.infer<typeof ParentRecordSchema>>;

export const CardRecordsSchema = z.strictObject({
  external: z.array(ExternalValidationRecordSchema),
  monitoring: z.array(MonitoringRecordSchema),
  parents: z.array(ParentRecordSchema),
});
export interface CardRecords {
  readonly external?: readonly ExternalValidationRecord[];
  readonly monitoring?: readonly MonitoringRecord[];
  /** Nearest parent last. */
  readonly parents?: readonly ParentRecord[];
}

/**
 * @param modelSha256  of the model.bin in the folder; a file about another model counts as none
 * @throws {ModelError} CARD_RECORDS_INVALID; as readRegularFile
 */
export async function readCardRecords(dir: string, modelSha256: string): Promise<Required<CardRecords>> {
  const path = join(dir, RECORDS_FILE);
  const none = { external: [], monitoring: [], parents: [] };
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'MODEL_NOT_FOUND') return none;
    throw error;
  }
  const parsed = z.strictObject({ modelSha256: hash, ...CardRecordsSchema.shape }).safeParse(parseOrNull(bytes));
  if (!parsed.success) throw invalid(path, describeIssues(parsed.error));
  const { modelSha256: about, ...records } = parsed.data;
  return about === modelSha256 ? records : none;
}

/**
 * Adds records to those of the model; the card is not written here (see rebuildCard). A figure of NaN is written as null.
 *
 * @throws {ModelError} CARD_RECORDS_INVALID for a record of the wrong form; as readCardRecords; the file system's own error
 */
export async function addCardRecords(dir: string, modelSha256: string, added: CardRecords): Promise<void> {
  const before = await readCardRecords(dir, modelSha256);
  const all = {
    external: [...before.external, ...(added.external ?? [])],
    monitoring: [...before.monitoring, ...(added.monitoring ?? [])],
    parents: [...before.parents, ...(added.parents ?? [])],
  };
  // As it will be read: NaN becomes null, what is undefined is absent.
  const after = CardRecordsSchema.safeParse(JSON.parse(JSON.stringify(all)));
  if (!after.success) throw invalid(join(dir, RECORDS_FILE), describeIssues(after.error));
  await writeFileAtomic(join(dir, RECORDS_FILE), `${stableJson({ modelSha256, ...after.data }, 2)}\n`);
}

function parseOrNull(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch {
    return null;
  }
}

function invalid(path: string, found: string): ModelError {
  return new ModelError(
    'CARD_RECORDS_INVALID',
    `${path}: expected records of this model's validations, found ${found}; restore the file`,
  );
}
