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

/**
 * What is asked of a full time beside DuckDB's cast, which checks ranges and the calendar: `x >= '0001'`, no hour 24 and these
 * patterns refuse what the cast tolerates beyond FHIR (blanks, signs, a year 0, seconds `12.`), at a fraction of the cost of a
 * regular expression. By length in bytes: the forms nearly all records have are told at once, and only one pattern is tried. The
 * zone is checked where it is used, in fhir_ms_.
 */
const SECOND = '????-??-??T[0-9]?:??:[0-5][0-9]';
const FORMS: readonly (readonly [bytes: number, glob: string])[] = [
  [20, `${SECOND}Z`],
  [24, `${SECOND}.??[0-9]Z`],
  [25, `${SECOND}?????[0-9Z]`],
  [29, `${SECOND}.??[0-9]?????[0-9Z]`],
];
const ANY_FRACTION = `${SECOND}.[0-9]*[0-9Z]`;

/**
 * DuckDB statements, to be run once per connection before the tables are filled; run again they change nothing.
 *
 * Casts inside are TRY_CAST throughout: DuckDB may evaluate a CASE branch for rows it is not for. There is no regular expression.
 * - `fhir_ms(x)` BIGINT: earliest millisecond; `fhir_latest_ms(x)` BIGINT: last millisecond
 * - `fhir_ymd(x)` INTEGER: calendar date as written; `fhir_precision(x)` TINYINT
 * - `ms_ymd(ms)` INTEGER: calendar date in UTC of epoch milliseconds
 * - `ymd_day(ymd)` INTEGER: days from 1970-01-01 to a whole calendar date; NULL for a partial one
 *
 * Inside, a text is read in three steps, each a column of its own in a flat table (a macro is inlined, so steps within steps would
 * grow the expression a hundredfold): fhir_full_, the text as a full time (a partial date padded, a second 60 as 59.999); fhir_clock_, its
 * clock and calendar as written, NULL for what is no time; fhir_ms_, moved by the offset. date_ymd_ is four times as fast as
 * date_ymd_few_, but year, month and day each fill a calendar of 29,000 days whenever a statement starts: one is for tables, the
 * other for single values.
 */
export const prelude = `
SET TimeZone = 'UTC';
CREATE OR REPLACE MACRO fhir_after_leap_second_(rest) AS CASE WHEN left(rest, 1) IN ('Z', '+', '-') THEN rest
  WHEN rest GLOB '.[0-9]*' THEN ltrim(substring(rest, 2), '0123456789') END;
CREATE OR REPLACE MACRO fhir_full_(x) AS CASE strlen(x)
  WHEN 4 THEN x || '-01-01T00:00:00Z' WHEN 7 THEN x || '-01T00:00:00Z' WHEN 10 THEN x || 'T00:00:00Z'
  ELSE CASE WHEN contains(x, ':60') AND substring(x, 17, 3) = ':60'
  THEN left(x, 17) || '59.999' || fhir_after_leap_second_(substring(x, 20)) ELSE x END END;
CREATE OR REPLACE MACRO fhir_clock_(f) AS CASE WHEN f >= '0001' AND CASE strlen(f)
  ${FORMS.map(([bytes, glob]) => `WHEN ${bytes} THEN f GLOB '${glob}'`).join('\n  ')}
  ELSE f GLOB '${ANY_FRACTION}' END AND NOT contains(f, 'T24') THEN TRY_CAST(f AS TIMESTAMP) END;
CREATE OR REPLACE MACRO utc_ms_(t) AS date_diff('millisecond', TIMESTAMP '1970-01-01', t);
CREATE OR REPLACE MACRO fhir_offset_minutes_(z) AS CASE WHEN z GLOB '[!:][01][0-9]:[0-5][0-9]' AND right(z, 5) <= '14:00'
  THEN 60 * TRY_CAST(left(z, 3) AS BIGINT) + TRY_CAST(left(z, 1) || right(z, 2) AS BIGINT) END;
CREATE OR REPLACE MACRO fhir_ms_(f, clock) AS utc_ms_(clock)
  - CASE WHEN suffix(f, '+00:00') OR suffix(f, 'Z') THEN 0 ELSE fhir_offset_minutes_(right(f, 6)) * 60000 END;
CREATE OR REPLACE MACRO fhir_latest_ms_(x, clock, ms) AS CASE WHEN strlen(x) > 10 THEN ms ELSE utc_ms_(
  clock + CASE strlen(x) WHEN 4 THEN INTERVAL 1 YEAR WHEN 7 THEN INTERVAL 1 MONTH ELSE INTERVAL 1 DAY END) - 1 END;
CREATE OR REPLACE MACRO date_ymd_(d) AS CAST(year(d) * 10000 + month(d) * 100 + day(d) AS INTEGER);
CREATE OR REPLACE MACRO month_ymd_(months) AS months * 100 + months // 12 * 8800 + 101;
CREATE OR REPLACE MACRO date_ymd_few_(d) AS CAST(
  month_ymd_(date_diff('month', DATE '0000-01-01', d)) + (d - CAST(date_trunc('month', d) AS DATE)) AS INTEGER);
CREATE OR REPLACE MACRO fhir_written_ymd_(x, ymd) AS ymd - CASE strlen(x) WHEN 4 THEN 101 WHEN 7 THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO fhir_precision_(x, ms) AS CAST(CASE WHEN ms IS NOT NULL THEN
  CASE strlen(x) WHEN 4 THEN 1 WHEN 7 THEN 2 WHEN 10 THEN 3 ELSE 4 END END AS TINYINT);
CREATE OR REPLACE MACRO fhir_parts_(x) AS list_transform(list_transform(list_transform([{x: x, f: fhir_full_(x)}],
  lambda s: {x: s.x, f: s.f, clock: fhir_clock_(s.f)}), lambda s: {x: s.x, clock: s.clock, ms: fhir_ms_(s.f, s.clock)}),
  lambda s: {ms: s.ms, latest: fhir_latest_ms_(s.x, s.clock, s.ms), "precision": fhir_precision_(s.x, s.ms),
  ymd: CASE WHEN s.ms IS NOT NULL THEN fhir_written_ymd_(s.x, date_ymd_few_(CAST(s.clock AS DATE))) END})[1];
CREATE OR REPLACE MACRO fhir_ms(x) AS fhir_parts_(x).ms;
CREATE OR REPLACE MACRO fhir_latest_ms(x) AS fhir_parts_(x).latest;
CREATE OR REPLACE MACRO fhir_ymd(x) AS fhir_parts_(x).ymd;
CREATE OR REPLACE MACRO fhir_precision(x) AS fhir_parts_(x)."precision";
CREATE OR REPLACE MACRO ms_ymd(ms) AS date_ymd_few_(CAST(make_timestamp(ms * 1000) AS DATE));
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
 * @param keep    SQL condition over the relation `r` of resources; the others are left out before any time is read
 */
export function flatTableSql(view: CompiledView, source: string, keep?: string): string {
  const times = new Set(timeColumns(view));
  const { singles, rows, filter } = view.body;
  const names = [...singles.keys()];
  const kept = keep === undefined ? filter : `${filter} AND (${keep})`;
  // One level per step, so that each is done once per resource and before rows multiply it.
  const steps: ((name: string, text: string) => string[])[] = [
    (name, text) => [text, `fhir_full_(${text}) AS ${hidden(name, 'full')}`],
    (name, text) => [text, hidden(name, 'full'), `fhir_clock_(${hidden(name, 'full')}) AS ${hidden(name, 'clock')}`],
    (name, text) => [
      text,
      hidden(name, 'clock'),
      `fhir_ms_(${hidden(name, 'full')}, ${hidden(name, 'clock')}) AS ${hidden(name, 'ms')}`,
    ],
    (name, text) => timeParts(name, text, hidden(name, 'clock'), hidden(name, 'ms')),
  ];
  const read = [...singles].map(([name, sql]) => `${sql} AS ${sqlName(name)}`);
  const list = (sql: string): string[] => (rows === null ? [] : [sql]);
  let from = `(SELECT ${[...read, ...list(`${rows ?? ''} AS rows_`)].join(', ')} FROM ${sqlRelation(source)} AS r WHERE ${kept}) AS u`;
  steps.forEach((step, i) => {
    const columns = names.flatMap((name) => (times.has(name) ? step(name, sqlName(name)) : [sqlName(name)]));
    from = `(SELECT ${[...columns, ...list(i === steps.length - 1 ? 'unnest(rows_) AS row_' : 'rows_')].join(', ')} FROM ${from}) AS u`;
  });
  const outer = view.columns.flatMap(({ name }) => {
    const field = `u.row_.${sqlName(name)}`;
    if (!times.has(name)) return [singles.has(name) ? `u.${sqlName(name)}` : `${field} AS ${sqlName(name)}`];
    if (singles.has(name)) return SUFFIXES.map((suffix) => `u.${sqlName(name + suffix)}`);
    return SUFFIXES.map((suffix) => `fhir${suffix}(${field}) AS ${sqlName(name + suffix)}`);
  });
  return `SELECT ${outer.join(', ')} FROM ${from}`;
}

/** A column between two steps, under a name no view's column can have. */
function hidden(name: string, step: 'full' | 'clock' | 'ms'): string {
  return sqlName(`${name} ${step}`);
}

const SUFFIXES = ['_ms', '_latest_ms', '_ymd', '_precision'] as const;

/** The four columns of a time from its text, its clock as written and its milliseconds (NULL for what is no time). */
function timeParts(name: string, text: string, clock: string, ms: string): string[] {
  const part = (sql: string, suffix: (typeof SUFFIXES)[number]): string => `${sql} AS ${sqlName(name + suffix)}`;
  return [
    part(ms, '_ms'),
    part(`fhir_latest_ms_(${text}, ${clock}, ${ms})`, '_latest_ms'),
    part(`CASE WHEN ${ms} IS NOT NULL THEN fhir_written_ymd_(${text}, date_ymd_(CAST(${clock} AS DATE))) END`, '_ymd'),
    part(`fhir_precision_(${text}, ${ms})`, '_precision'),
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
