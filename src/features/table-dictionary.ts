/**
 * The dictionary that lies beside an exported matrix, for people and for Python, R and `train --matrix`: what each column is.
 *
 * In      a matrix, what its label means, whether its patients are made up
 * Out     a document with one entry per column of the table, in its order: role, type, unit, what an empty cell means
 * Choice  the role says what a column may be used for: "feature" alone is known at the prediction time; an "outcome" among the features of a model
 *         is a leak
 */
import { columnDictionary, matrixTable } from './matrix-table.ts';
import type { FeatureMatrix } from './matrix.ts';

const DICTIONARY_FORMAT = 'readmission-columns';

interface IdentifierColumn {
  readonly role: 'id' | 'group' | 'time' | 'stratum' | 'outcome' | 'label';
  readonly meaning: string;
  /** What an empty cell says; null: there is none. */
  readonly empty: string | null;
}

const identifiers = (outcome: string): Readonly<Record<string, IdentifierColumn>> => ({
  index_id: { role: 'id', meaning: 'encounter of the discharge, one row each', empty: null },
  patient_id: { role: 'group', meaning: 'patient; rows of one patient belong on one side of a split', empty: null },
  admission: { role: 'time', meaning: 'start of the stay, ISO 8601 in UTC, as text', empty: null },
  discharge: { role: 'time', meaning: 'end of the stay and prediction time, ISO 8601 in UTC, as text', empty: null },
  reason_code: {
    role: 'stratum',
    meaning: 'reason of the stay as known at discharge, a code of SNOMED CT or ICD-10',
    empty: 'no reason was coded',
  },
  outcome_state: {
    role: 'outcome',
    meaning: 'what followed first: unplanned, planned, died, none; with labels of your own label-1 and label-0',
    empty: null,
  },
  readmitted: {
    role: 'outcome',
    meaning: '1 where an unplanned readmission followed first, else 0',
    empty: 'labels of your own took the place of what followed',
  },
  target: { role: 'label', meaning: `1 where this followed, else 0: ${outcome}`, empty: null },
});

const emptyFeature = {
  zero: 'what would hold it was not searched; a search that found nothing is 0',
  nan: 'not recorded, or what would hold it was not searched',
} as const;

export function tableDictionary(
  matrix: FeatureMatrix,
  study: { readonly outcome: string; readonly synthetic: boolean },
): Record<string, unknown> {
  const rules = columnDictionary(matrix) as Record<string, { readonly missing: 'zero' | 'nan' }>;
  const known = identifiers(study.outcome);
  return {
    format: DICTIONARY_FORMAT,
    formatVersion: 1,
    rows: matrix.rows,
    synthetic: study.synthetic,
    timeZone: 'UTC',
    order: 'patient_id, discharge, index_id',
    missing: 'an empty cell in CSV, NULL in Parquet: NaN or None in pandas, NA in R; what it means is said per column as "empty"',
    columns: matrixTable(matrix).map(({ name, values }) => {
      const type = values instanceof Float64Array ? 'double' : 'string';
      const identifier = known[name];
      if (identifier !== undefined) return { name, type, ...identifier };
      const rule = rules[name] as (typeof rules)[string];
      return { name, type, role: 'feature', ...rule, empty: emptyFeature[rule.missing] };
    }),
  };
}
