/**
 * Models of a table: trained on rows that someone else made, so that no records can be turned into their features.
 *
 * Choice  such a model is asked by features alone; whatever begins with records is refused before any is read
 */
import { ModelError } from '../errors.ts';
import type { ModelHeader } from './model-header.ts';

/** Whether the model was trained on a table instead of records. */
export function isTableModel({ cohort }: Pick<ModelHeader, 'cohort'>): boolean {
  const { definition } = cohort;
  return definition !== null && typeof definition === 'object' && 'table' in definition;
}

/** Name of the file that a forest trained elsewhere came in; undefined for a model that was trained here. */
export function importedFrom({ forest }: Pick<ModelHeader, 'forest'>): string | undefined {
  const { imported } = forest.options;
  return typeof imported === 'string' ? imported : undefined;
}

/** @throws {ModelError} MODEL_OF_TABLE */
export function requireRecordModel(header: Pick<ModelHeader, 'cohort' | 'name'>): void {
  if (!isTableModel(header)) return;
  throw new ModelError(
    'MODEL_OF_TABLE',
    `expected a model of FHIR records, found "${header.name}", which was trained on the columns of a table: no records can be turned into them; ` +
      'give it rows by feature name, or a table with --matrix',
  );
}
