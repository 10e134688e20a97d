/**
 * The resources behind a feature's value: `evidence.sql`, beside this file.
 */
import { readRelation } from '../warehouse/index.ts';

/** A SELECT with one parameter, the list of features; rows of feature, resource_id. */
export function readEvidenceSelect(): string {
  return readRelation(new URL('./evidence.sql', import.meta.url)).sql;
}
