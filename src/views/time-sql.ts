/**
 * FHIR times as integers: the macros of the DuckDB prelude, and the flat table that uses them.
 *
 * In      texts of FHIR date, dateTime and instant
 * Out     per time column `x`: x_ms and x_latest_ms (first and last millisecond it can mean, epoch, UTC), x_ymd (the calendar date
 *         as written, 20200300 for 2020-03) and x_precision (1 year, 2 month, 3 day, 4 time)
 * Choice  only the forms FHIR allows are times; a dateTime without zone, 24:00, month 13 or 30 February are NULL in all four. Second
 *         60 is read as 59.999. Digits after the millisecond are dropped. A partial date is taken in UTC. Nothing depends on
 *         the session's time zone
 * Source  FHIR R4 datatypes, regular expressions of dateTime and instant
 */
import type { CompiledView } from './compile-view.ts';
import { sqlName, sqlRelation, sqlString } from './sql-text.ts';

const YEAR = '(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
/** FHIR's own pattern for a dateTime with a time, with the pattern of its seconds left open; day 31 of a short month is left to the cast. */
const instant = (seconds: string): string =>
  `${YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:${seconds}` +
  '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))';
/** What DuckDB's cast reads to the millisecond as it is, and what has to be rewritten first. */
const PLAIN_INSTANT = instant('[0-5][0-9](?:[.][0-9]{1,3})?');
const OTHER_INSTANT = instant('(?:[0-5][0-9]|60)(?:[.][0-9]+)?');
const PARTIAL = `${YEAR}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?`;

/**
 * DuckDB statements, to be run once per connection before the tables are filled; run again they change nothing.
 *
 * Casts inside are TRY_CAST throughout: DuckDB may evaluate a CASE branch for rows it is not for.
 * - `fhir_ms(x)` BIGINT: earliest millisecond; `fhir_latest_ms(x)` BIGINT: last millisecond
 * - `fhir_ymd(x)` INTEGER: calendar date as written; `fhir_precision(x)` TINYINT
 * - `ms_ymd(ms)` INTEGER: calendar date in UTC of epoch milliseconds
 * - `ymd_day(ymd)` INTEGER: days from 1970-01-01 to a whole calendar date; NULL for a partial one
 */
export const prelude = `
SET TimeZone = 'UTC';
CREATE OR REPLACE MACRO fhir_instant_ms_(x) AS CASE
  WHEN regexp_full_match(x, '${PLAIN_INSTANT}') THEN epoch_ms(TRY_CAST(x AS TIMESTAMPTZ))
  WHEN regexp_full_match(x, '${OTHER_INSTANT}') THEN epoch_ms(TRY_CAST(
    regexp_replace(regexp_replace(x, ':60(?:[.][0-9]+)?', ':59.999'), '([.][0-9]{3})[0-9]+', '\\1') AS TIMESTAMPTZ)) END;
CREATE OR REPLACE MACRO fhir_first_day_(x) AS CASE WHEN strlen(x) <= 10 AND regexp_full_match(x, '${PARTIAL}')
  THEN TRY_CAST(x || substring('0000-01-01', strlen(x) + 1) AS DATE) END;
CREATE OR REPLACE MACRO fhir_next_day_(day, size) AS CASE size WHEN 10 THEN day + 1
  WHEN 7 THEN CAST(day + INTERVAL 1 MONTH AS DATE) ELSE CAST(day + INTERVAL 1 YEAR AS DATE) END;
CREATE OR REPLACE MACRO fhir_ms(x) AS CASE WHEN strlen(x) > 10 THEN fhir_instant_ms_(x)
  ELSE epoch_ms(CAST(fhir_first_day_(x) AS TIMESTAMP)) END;
CREATE OR REPLACE MACRO fhir_latest_ms(x) AS CASE WHEN strlen(x) > 10 THEN fhir_instant_ms_(x)
  ELSE epoch_ms(CAST(fhir_next_day_(fhir_first_day_(x), strlen(x)) AS TIMESTAMP)) - 1 END;
CREATE OR REPLACE MACRO date_ymd_(d) AS CAST(year(d) * 10000 + month(d) * 100 + day(d) AS INTEGER);
CREATE OR REPLACE MACRO fhir_written_day_(x) AS TRY_CAST(left(x, 10) AS DATE);
CREATE OR REPLACE MACRO fhir_written_ymd_(x, d) AS CASE WHEN d IS NOT NULL THEN date_ymd_(d)
  WHEN strlen(x) = 7 THEN TRY_CAST(replace(x, '-', '') AS INTEGER) * 100 ELSE TRY_CAST(x AS INTEGER) * 10000 END;
CREATE OR REPLACE MACRO fhir_written_precision_(x) AS CAST(CASE strlen(x) WHEN 4 THEN 1 WHEN 7 THEN 2 WHEN 10 THEN 3 ELSE 4 END AS TINYINT);
CREATE OR REPLACE MACRO fhir_ymd(x) AS CASE WHEN fhir_ms(x) IS NOT NULL THEN fhir_written_ymd_(x, fhir_written_day_(x)) END;
CREATE OR REPLACE MACRO fhir_precision(x) AS CASE WHEN fhir_ms(x) IS NOT NULL THEN fhir_written_precision_(x) END;
CREATE OR REPLACE MACRO ms_ymd(ms) AS date_ymd_(make_timestamp(ms * 1000));
CREATE OR REPLACE MACRO shifted_year_(ymd) AS (ymd // 10000 - CASE WHEN ymd // 100 % 100 <= 2 THEN 1 ELSE 0 END);
CREATE OR REPLACE MACRO ymd_day(ymd) AS CASE WHEN ymd % 100 > 0 THEN CAST(365 * shifted_year_(ymd) + shifted_year_(ymd) // 4
  - shifted_year_(ymd) // 100 + shifted_year_(ymd) // 400 + (153 * ((ymd // 100 % 100 + 9) % 12) + 2) // 5 + ymd % 100 - 719469
  AS INTEGER) END;
`;

const TIME_TYPES = new Set(['date', 'dateTime', 'instant']);

/** Columns of a view that become four in its flat table. */
export function timeColumns(view: Pick<CompiledView, 'columns'>): string[] {
  return view.columns.filter((column) => TIME_TYPES.has(column.type) && !column.isCollection).map((column) => column.name);
}

/**
 * The view as a flat table: each time column `x` becomes x_ms, x_latest_ms, x_ymd, x_precision; the others stay. Needs the prelude.
 *
 * @param source  as for select()
 */
export function flatTableSql(view: CompiledView, source: string): string {
  const times = new Set(timeColumns(view));
  const { singles, rows, filter } = view.body;
  const list = rows === null ? [] : [{ read: `${rows} AS rows_`, keep: 't.rows_', unnest: 'unnest(p.rows_) AS row_' }];
  // One level per step, so that each is done once per resource and before rows multiply it: read, check, derive, unnest.
  const read = [...singles].map(([name, sql]) => `${sql} AS ${sqlName(name)}`);
  const checked = [...singles.keys()].flatMap((name) => {
    const text = `t.${sqlName(name)}`;
    const check = [`fhir_ms(${text}) AS ${sqlName(`${name}_ms`)}`, `fhir_written_day_(${text}) AS ${sqlName(`${name}_day_`)}`];
    return times.has(name) ? [text, ...check] : [text];
  });
  const derived = [...singles.keys()].flatMap((name) => {
    const column = (suffix: string): string => `p.${sqlName(name + suffix)}`;
    return times.has(name) ? timeParts(name, column(''), column('_ms'), column('_day_')) : [column('')];
  });
  const outer = view.columns.flatMap(({ name }) => {
    const field = `u.row_.${sqlName(name)}`;
    if (!times.has(name)) return [singles.has(name) ? `u.${sqlName(name)}` : `${field} AS ${sqlName(name)}`];
    if (singles.has(name)) return SUFFIXES.map((suffix) => `u.${sqlName(name + suffix)}`);
    return timeParts(name, field, `fhir_ms(${field})`, `fhir_written_day_(${field})`);
  });
  const level0 = `SELECT ${[...read, ...list.map((l) => l.read)].join(', ')} FROM ${sqlRelation(source)} AS r WHERE ${filter}`;
  const level1 = `SELECT ${[...checked, ...list.map((l) => l.keep)].join(', ')} FROM (${level0}) AS t`;
  const level2 = `SELECT ${[...derived, ...list.map((l) => l.unnest)].join(', ')} FROM (${level1}) AS p`;
  return `SELECT ${outer.join(', ')} FROM (${level2}) AS u`;
}

const SUFFIXES = ['_ms', '_latest_ms', '_ymd', '_precision'] as const;

/** The four columns of a time from its text, its milliseconds (NULL for what is no time) and its date if it has a whole one. */
function timeParts(name: string, text: string, ms: string, day: string): string[] {
  const part = (sql: string, suffix: (typeof SUFFIXES)[number]): string => `${sql} AS ${sqlName(name + suffix)}`;
  const valid = (sql: string): string => `CASE WHEN ${ms} IS NOT NULL THEN ${sql} END`;
  return [
    part(ms, '_ms'),
    part(`CASE WHEN strlen(${text}) > 10 THEN ${ms} ELSE fhir_latest_ms(${text}) END`, '_latest_ms'),
    part(valid(`fhir_written_ymd_(${text}, ${day})`), '_ymd'),
    part(valid(`fhir_written_precision_(${text})`), '_precision'),
  ];
}

/**
 * How many values of each time column are no legal FHIR time, and so NULL in the flat table.
 *
 * @returns a query with columns view_name, column_name, invalid (BIGINT), one row per time column; null for a view without times
 */
export function invalidTimesSql(view: CompiledView, source: string): string | null {
  const times = timeColumns(view);
  if (times.length === 0) return null;
  const counts = times.map((name) => `count(*) FILTER (${sqlName(name)} IS NOT NULL AND fhir_ms(${sqlName(name)}) IS NULL)`);
  return (
    `SELECT ${sqlString(view.name)} AS view_name, unnest([${times.map(sqlString).join(', ')}]) AS column_name, ` +
    `unnest([${counts.join(', ')}]) AS invalid FROM ${sqlRelation(view.select(source))} AS v`
  );
}
