/**
 * Risks for a table in a file: what `readmission features` wrote, or a table of one's own.
 *
 * In      a model, NAME.csv, NAME.csv.gz or NAME.parquet; the dictionary beside it, where one lies there
 * Out     the columns that name a row, and the answers (./table-scores.ts)
 * Choice  columns kept unless others are named: id, patient and time by the dictionary, without one those the model was trained with
 * Choice  a unit in the dictionary that is not the model's is refused: a number in mmol/L read as mg/dL gives an answer and no warning
 */
import { setImmediate } from 'node:timers/promises';
import { AnalystError } from '../errors.ts';
import { isTableModel, type ModelHeader, type RiskModel } from '../model/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import type { OnProgress } from '../util/progress.ts';
import { readTable, type TableColumn } from '../warehouse/index.ts';
import { modelCohort } from './model-study.ts';
import { besideTable, readDictionary, type Dictionary } from './read-own-table.ts';
import { featureNameOf } from './table-features.ts';
import { featureColumns, leading, scoreRows } from './table-scores.ts';

export interface ScoredTable {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** The columns kept, by name; empty where rows are named by their numbers. */
  readonly kept: readonly string[];
}

/**
 * @throws {WarehouseError} TABLE_FORMAT, TABLE_UNREADABLE, TABLE_HEADER; {AnalystError} as scoreColumns, MATRIX_EMPTY, MATRIX_DICTIONARY, MATRIX_UNIT;
 *         {CancelledError}
 */
export async function scoreTableFile(
  model: RiskModel,
  path: string,
  options: {
    readonly keep?: readonly string[] | undefined;
    /** Rows between two looks at the signal; changes no answer. Default 20,000. */
    readonly batchRows?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: OnProgress | undefined;
  } = {},
): Promise<ScoredTable> {
  const { header } = model;
  const dictionary = await readDictionary(besideTable(path));
  if (dictionary !== null) requireSameUnits(header, dictionary);
  const names = options.keep ?? rowNames(header, dictionary);
  const read = new Set(header.features.map(({ name }) => name));
  // Keys keep their leading zeros; a feature is a number even where it is kept.
  const columns = await readTable(path, { asText: names.filter((name) => !read.has(featureNameOf(name))) });
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) throw new AnalystError('MATRIX_EMPTY', `${path}: expected a table with rows, found none`);
  const there = new Set(columns.map(({ name }) => name));
  const keep = options.keep ?? names.filter((name) => there.has(name));
  const first = leading(columns, rows, { keep });
  const features = featureColumns(model, columns);
  const { batchRows = 20_000 } = options;
  const parts: TableColumn[][] = [];
  for (let start = 0; start < rows; start += batchRows) {
    stopIfCancelled(options.signal, 'scoring');
    const end = Math.min(rows, start + batchRows);
    parts.push(scoreRows(model, features, start, end));
    options.onProgress?.({ task: 'scores', done: end, total: rows });
    await setImmediate();
  }
  return { rows, columns: [...first, ...joined(parts)], kept: keep };
}

/** The columns that say whose row it is and when, as the dictionary or the model names them. */
function rowNames(header: ModelHeader, dictionary: Dictionary | null): string[] {
  if (dictionary !== null) {
    const roles = ['id', 'group', 'time'];
    return dictionary.columns.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
  }
  if (!isTableModel(header)) return ['index_id', 'patient_id', 'discharge'];
  const { id, groups, time } = modelCohort(header).table ?? {};
  return [id, groups, time].filter((name) => typeof name === 'string');
}

function requireSameUnits({ features }: ModelHeader, { columns }: Dictionary): void {
  const units = new Map(columns.flatMap(({ name, unit }) => (unit === undefined ? [] : [[featureNameOf(name), unit] as const])));
  const other = features.find(({ name, unit }) => unit !== '' && (units.get(name) ?? unit) !== unit);
  if (other === undefined) return;
  throw new AnalystError(
    'MATRIX_UNIT',
    `column "${other.name}": expected ${other.unit}, as the model was trained, found ${units.get(other.name) || 'no unit'} in the dictionary beside the ` +
      'table; convert the column, or correct the dictionary',
    { details: { column: other.name } },
  );
}

function joined(parts: readonly (readonly TableColumn[])[]): TableColumn[] {
  return (parts[0] ?? []).map(({ name, values }, c) => {
    const pieces = parts.map((part) => part[c]?.values ?? []);
    if (!(values instanceof Float64Array)) return { name, values: pieces.flatMap((piece) => [...piece] as (string | null)[]) };
    const whole = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    pieces.reduce((at, piece) => {
      whole.set(piece as Float64Array, at);
      return at + piece.length;
    }, 0);
    return { name, values: whole };
  });
}
