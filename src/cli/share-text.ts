/** Shares and values of features as the command line writes them. */

/** 0.134 → "13.4 %". */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** In per cent with two decimals, six characters: " 13.40". */
export function percentColumn(share: number): string {
  return (100 * share).toFixed(2).padStart(6);
}

/** A difference in percentage points with its sign, six characters: " +4.10". A small one keeps its sign: it is not none. */
export function pointsColumn(move: number): string {
  return `${move === 0 ? '' : move > 0 ? '+' : '−'}${(100 * Math.abs(move)).toFixed(2)}`.padStart(6);
}

/** A feature's value with at most six digits, and its unit. */
export function valueText(value: number | null, unit = ''): string {
  return value === null ? 'missing' : `${Number(value.toPrecision(6))}${unit === '' ? '' : ` ${unit}`}`;
}

/** The first names, and how many more there are. */
export function namesText(names: readonly string[], most = 6): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** Rows with a line of their own; one other would take as much room as the sum of others. */
export function topAndRest<Row>(rows: readonly Row[], top: number): { shown: readonly Row[]; rest: readonly Row[] } {
  const count = rows.length === top + 1 ? rows.length : top;
  return { shown: rows.slice(0, count), rest: rows.slice(count) };
}
