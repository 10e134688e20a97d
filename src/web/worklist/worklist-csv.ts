/**
 * The worklist as a CSV file (RFC 4180) that a spreadsheet opens as text and numbers, never as a formula.
 *
 * Choice  a cell that a spreadsheet could take for a formula gets an apostrophe in front, as OWASP advises
 * Choice  risks are in percent, as on the page, and the head of the column says so
 * Source  owasp.org/www-community/attacks/CSV_Injection
 */
import type { Worklist, WorklistEntry } from '../../server/page/page-answers.ts';

type Cell = string | number | null;

/** One cell: numbers as they are, texts quoted where they have to be and defused where they could be a formula. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // A full-width sign is read as the plain one by some spreadsheets; what stands before it as white space is skipped.
  const safe = /^[\s\0]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

const head = [
  'rank',
  'patient_id',
  'name',
  'sex',
  'birth_date',
  'encounter',
  'admission',
  'discharge',
  'reason',
  'risk_percent',
  'risk_low_percent',
  'risk_high_percent',
  'interval_level_percent',
  'band',
  'reasons',
  'features_not_covered',
  'model',
  'model_sha256',
];

/** @param ranked  entries to write, each with its place in the whole list from 1 */
export function worklistCsv(
  { model }: Worklist,
  ranked: readonly { readonly rank: number; readonly entry: WorklistEntry }[],
): string {
  const rows = ranked.map(({ rank, entry }): Cell[] => [
    rank,
    entry.person.id,
    entry.person.name,
    entry.person.sex,
    entry.person.birthDate,
    entry.encounter,
    entry.admission,
    entry.discharge,
    entry.reason,
    inPercent(entry.risk),
    inPercent(entry.interval?.low),
    inPercent(entry.interval?.high),
    inPercent(entry.interval?.level),
    entry.band,
    entry.reasons.map(({ words, direction }) => `${words} (${direction} the risk)`).join('; '),
    entry.notCovered,
    model.name,
    model.sha256,
  ]);
  // The mark of byte order makes Excel read UTF-8.
  return `\ufeff${toCsv([head, ...rows])}`;
}

function inPercent(share: number | undefined): number | null {
  return share === undefined ? null : Number((100 * share).toFixed(1));
}
