/**
 * A relation: one SELECT in one .sql file, named after the file. `known-stay.sql` defines `known_stay`.
 *
 * The same text is run as CREATE TABLE over a whole cohort and as a prepared INSERT over one patient; that is how training and
 * serving cannot drift apart.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Relation {
  /** snake_case, from the file name. */
  readonly name: string;
  /** One SELECT, comments removed. */
  readonly sql: string;
  /** File it came from, for error messages. */
  readonly file: string;
}

export function readRelation(url: URL): Relation {
  const file = basename(fileURLToPath(url));
  const sql = readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
  return { name: relationName(file), sql, file };
}

/** `known-stay.sql` becomes `known_stay`. */
export function relationName(file: string): string {
  return file.replace(/\.sql$/, '').replaceAll('-', '_');
}
