/**
 * The features of a table of one's own: no catalogue and no SQL behind them, only what their columns are called.
 *
 * Choice  any finite number is a sound value, and an empty cell is a missing one: nobody has said more
 */
import { sha256 } from '../util/sha256.ts';
import { stableJson } from '../util/stable-json.ts';
import type { Feature } from './catalogue.ts';
import type { FeatureSet } from './feature-set.ts';

/** @param name  expression they were chosen by */
export function tableFeatureSet(columns: readonly Pick<Feature, 'name' | 'unit' | 'family'>[], name: string): FeatureSet {
  const shown = columns.map((column) => ({ name: column.name, unit: column.unit, family: column.family }));
  return {
    name,
    families: [],
    features: shown.map((column): Feature => ({
      ...column,
      range: [-Number.MAX_VALUE, Number.MAX_VALUE],
      window: null,
      missing: 'nan',
      needs: [],
      words: `${column.name.replaceAll('_', ' ')} {value}${column.unit === '' ? '' : ` ${column.unit}`}`,
      source: 'a column of a table',
    })),
    hash: sha256(stableJson({ table: shown })),
  };
}
