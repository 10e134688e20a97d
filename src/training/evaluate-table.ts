/**
 * Evaluation of a model of a table on a table: held-out folds on the file it was trained on, the model itself on another.
 *
 * Choice  label, patient, time and reason are the columns that training took, unless others are named; on the file it was trained on they are
 *         the same, for the figures are those of forests refitted to it
 */
import { AnalystError, ModelError } from '../errors.ts';
import { isTableModel, type ModelFolder, type ModelHeader } from '../model/index.ts';
import { evaluateStudy, type Evaluation, type EvaluationOptions } from './evaluate-model.ts';
import { modelCohort } from './model-study.ts';
import type { TableRoles } from './own-table.ts';
import { readOwnTable } from './read-own-table.ts';
import { featureNameOf } from './table-features.ts';
import { tableStudy } from './table-study.ts';

export interface TableEvaluationOptions extends Pick<
  EvaluationOptions,
  'draws' | 'capacities' | 'explainedRows' | 'deep' | 'signal' | 'onProgress' | 'otherPatients'
> {
  readonly roles?: Partial<Omit<TableRoles, 'features'>>;
  /** Whether the patients are made up; default what the dictionary beside the file says, without one that they are not. */
  readonly synthetic?: boolean | undefined;
}

/**
 * @throws {ModelError} MODEL_OF_RECORDS for a model of FHIR records; {AnalystError} MATRIX_* as ownTable, MATRIX_OTHER_LABEL; {CohortError}
 *         COHORT_ALL_SEEN; {WarehouseError} TABLE_*
 */
export async function evaluateTable(
  folder: ModelFolder,
  path: string,
  options: TableEvaluationOptions = {},
): Promise<Evaluation> {
  const { header } = folder.model;
  const trained = trainedRoles(header);
  const roles: TableRoles = { ...trained, ...options.roles };
  const choose = (names: readonly string[]): string[] => {
    const given = new Map(names.map((name) => [featureNameOf(name), name]));
    return header.features.map(({ name }) => given.get(name) ?? name);
  };
  const { horizonDays } = header.outcome;
  const { table, origin } = await readOwnTable(path, roles, { synthetic: options.synthetic, horizonDays, choose });
  if (origin.sha256 === header.training.manifestSha256 && (roles.label !== trained.label || roles.groups !== trained.groups)) {
    throw new AnalystError(
      'MATRIX_OTHER_LABEL',
      `expected the label "${trained.label}" and the patients "${trained.groups}" that the model was trained with on this very file, found ` +
        `"${roles.label}" and "${roles.groups}"; leave them out, or train a model with them`,
    );
  }
  return evaluateStudy(folder, tableStudy(table, origin), options);
}

function trainedRoles(header: ModelHeader): Omit<TableRoles, 'features'> {
  const { table } = modelCohort(header);
  if (!isTableModel(header) || table === undefined) {
    throw new ModelError(
      'MODEL_OF_RECORDS',
      `expected a model that was trained on a table, found "${header.name}", a model of FHIR records; give records with --data`,
    );
  }
  const given = Object.entries(table).filter(([, column]) => column !== null);
  return Object.fromEntries(given) as unknown as Omit<TableRoles, 'features'>;
}
