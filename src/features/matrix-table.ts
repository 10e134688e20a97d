/**
 * The matrix as a table for people and other tools: identifiers, outcome and features side by side, and a dictionary of the columns.
 */
import type { TableColumn } from '../warehouse/index.ts';
import type { FeatureMatrix } from './matrix.ts';

export function matrixTable(matrix: FeatureMatrix): TableColumn[] {
  const times = (ms: Float64Array): string[] => Array.from(ms, (t) => new Date(t).toISOString());
  return [
    { name: 'index_id', values: matrix.indexIds },
    { name: 'patient_id', values: matrix.patientIds },
    { name: 'admission', values: times(matrix.admitMs) },
    { name: 'discharge', values: times(matrix.dischargeMs) },
    { name: 'reason_code', values: matrix.reasons },
    { name: 'outcome_state', values: matrix.outcomeStates },
    // Empty where a labels file took the place of what followed.
    { name: 'readmitted', values: Float64Array.from(matrix.outcomeStates, readmittedOf) },
    { name: 'target', values: Float64Array.from(matrix.outcome) },
    ...matrix.features.map((feature, c) => ({ name: feature.name, values: matrix.columns[c] as Float64Array })),
  ];
}

function readmittedOf(state: string): number {
  if (state.startsWith('label-')) return Number.NaN;
  return state === 'unplanned' ? 1 : 0;
}

/** One entry per feature column: family, unit, range, window, what missing means, source. */
export function columnDictionary(matrix: Pick<FeatureMatrix, 'features'>): Record<string, object> {
  return Object.fromEntries(matrix.features.map(({ name, ...definition }) => [name, definition]));
}
