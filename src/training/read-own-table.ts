/**
 * A table of one's own from a file, with the dictionary of its columns where one lies beside it.
 *
 * In      NAME.parquet or NAME.csv; NAME.columns.json as `readmission features` writes it, or none
 * Out     the checked table, and where it came from: name, SHA-256 of its bytes, whether its patients are made up
 * Choice  a column that the dictionary knows keeps its unit and family, and one that is an id, a time or an outcome there is no feature unless
 *         named; a column that it does not know is one that somebody added, and a feature
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { AnalystError } from '../errors.ts';
import { sha256File } from '../util/sha256.ts';
import { readTable } from '../warehouse/index.ts';
import { ownTable, type OwnTable, type TableRoles } from './own-table.ts';
import type { TableOrigin } from './table-study.ts';

const DictionarySchema = z.looseObject({
  synthetic: z.boolean().optional(),
  columns: z.array(
    z.looseObject({
      name: z.string(),
      role: z.string(),
      unit: z.string().max(200).optional(),
      family: z.string().max(200).optional(),
    }),
  ),
});
export type Dictionary = z.infer<typeof DictionarySchema>;

export interface OwnTableFile {
  readonly table: OwnTable;
  readonly origin: TableOrigin;
  /** The dictionary that was read; null where there is none. */
  readonly dictionary: string | null;
}

/**
 * @param options.synthetic    whether the patients are made up; default what the dictionary says, without one that they are not
 * @param options.choose       features by the names of the columns, in the place of roles.features
 * @param options.horizonDays  days in which the label was looked for; default 30
 * @throws {WarehouseError} TABLE_FORMAT, TABLE_UNREADABLE, TABLE_HEADER; {AnalystError} as ownTable, and MATRIX_DICTIONARY
 */
export async function readOwnTable(
  path: string,
  roles: TableRoles,
  options: {
    readonly synthetic?: boolean | undefined;
    readonly horizonDays?: number | undefined;
    readonly choose?: (names: readonly string[]) => readonly string[];
  } = {},
): Promise<OwnTableFile> {
  const beside = besideTable(path);
  const dictionary = await readDictionary(beside);
  const keys = [roles.groups, roles.id, roles.time, roles.reason].filter((name) => name !== undefined);
  const columns = await readTable(path, { asText: keys });
  const features = options.choose?.(columns.map(({ name }) => name)) ?? roles.features;
  const table = ownTable(columns, { ...roles, features }, dictionary?.columns ?? []);
  return {
    table,
    origin: {
      name: basename(path),
      sha256: await sha256File(path),
      synthetic: options.synthetic ?? dictionary?.synthetic ?? false,
      ...(options.horizonDays === undefined ? {} : { horizonDays: options.horizonDays }),
    },
    dictionary: dictionary === null ? null : beside,
  };
}

/** Where the dictionary of a table lies. */
export function besideTable(path: string): string {
  return path.replace(/\.(parquet|csv|csv\.gz)$/, '.columns.json');
}

/** null where there is none. @throws {AnalystError} MATRIX_DICTIONARY */
export async function readDictionary(path: string): Promise<Dictionary | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return DictionarySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AnalystError(
      'MATRIX_DICTIONARY',
      `expected ${path} to be a dictionary of columns as readmission features writes it, found something else; move it away or write it again`,
      { cause },
    );
  }
}
