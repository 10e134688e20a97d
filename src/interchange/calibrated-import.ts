/**
 * An imported forest with risk and bands fitted to outcomes that its training did not see.
 *
 * In      an imported model, a table with its features by their names, outcome and patient
 * Out     a recalibrated model's content, whose parent is the imported one
 * Choice  its validation is on those rows, by maps that were not fitted on the patients they judge
 * Choice  that the rows are others than those of training cannot be checked, for no patient of those is known: the caller must
 */
import { basename } from 'node:path';
import { buildCard, encodeModel, modelHash } from '../model/index.ts';
import {
  readOwnTable,
  recalibratedFolder,
  tableStudy,
  type RecalibratedFolder,
  type RecalibrateOptions,
} from '../training/index.ts';
import { featureNameOf } from '../training/table-features.ts';
import { validationOf } from '../training/validation.ts';
import type { ImportedModel } from './imported-model.ts';

export interface CalibrationRows extends Pick<RecalibrateOptions, 'method' | 'seed' | 'draws'> {
  /** .parquet, .csv or .csv.gz. */
  readonly table: string;
  /** Its columns of outcome and patient. */
  readonly label: string;
  readonly groups: string;
  /** For the record of where the model comes from. */
  readonly command: string;
}

/**
 * @throws {AnalystError} MATRIX_*; {WarehouseError} TABLE_*; {CohortError} COHORT_FEW_UNSEEN where every outcome is the same; {ModelError}
 *         RECALIBRATION_TOO_FEW, RECALIBRATION_NO_SLOPE
 */
export async function calibratedImport(
  { model, metrics, card }: ImportedModel,
  { table: path, label, groups, command, ...options }: CalibrationRows,
): Promise<RecalibratedFolder> {
  const { header } = model;
  const choose = (columns: readonly string[]): string[] => {
    const given = new Map(columns.map((column) => [featureNameOf(column), column]));
    return header.features.map(({ name }) => given.get(name) ?? name);
  };
  const { synthetic } = header.training;
  const { horizonDays } = header.outcome;
  const { table, origin } = await readOwnTable(path, { label, groups }, { synthetic, horizonDays, choose });
  const { name, createdAt } = header;
  const uncalibrated = { ...model, header: { ...header, name: `${name.slice(0, 51)}-uncalibrated` } };
  const parent = {
    model: uncalibrated,
    modelSha256: modelHash(encodeModel(uncalibrated)),
    metrics: { ...metrics },
    card: { ...card },
    records: { external: [], monitoring: [], parents: [] },
  };
  const study = tableStudy(table, origin);
  // A record of where a model comes from tells when its rows were drawn; a table does not say.
  const manifest = { ...study.manifest, transactionTime: 'not available' };
  const folder = await recalibratedFolder(
    parent,
    { ...study, manifest },
    { ...options, name, createdAt, dataName: basename(path), command },
  );
  return withValidation(folder);
}

/** The rows it was calibrated on are all it was ever judged on, so its card leads with them. */
function withValidation(folder: RecalibratedFolder): RecalibratedFolder {
  const { evidence } = folder.metrics;
  if (evidence.local === null) return folder;
  const metrics = { ...folder.metrics, validations: [validationOf('local', evidence.local)] };
  const { card, markdown } = buildCard(folder.model.header, metrics, {}, folder.records);
  return { ...folder, metrics, card, cardMarkdown: markdown };
}
