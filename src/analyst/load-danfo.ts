/**
 * danfojs-node, loaded when a DataFrame is asked for and not before: it takes a second, and not every installation has it.
 */
import { AnalystError } from '../errors.ts';
import type { Danfo } from './data-frame.ts';

/**
 * @param load  imports the module
 * @throws {AnalystError} ANALYST_DANFO_MISSING where it is not installed or does not load
 */
export async function loadDanfo(load: () => Promise<unknown> = () => import('danfojs-node')): Promise<Danfo> {
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (cause) {
    throw new AnalystError(
      'ANALYST_DANFO_MISSING',
      'expected the package danfojs-node, which makes DataFrames, found none that loads: npm install danfojs-node@1.2.0 (with the overrides ' +
        'of the README, for a small and safe tree); everything else works without it, as do Parquet and CSV',
      { cause },
    );
  }
  const { DataFrame, default: whole } = loaded as Partial<Danfo> & { default?: Danfo };
  return DataFrame === undefined ? (whole as Danfo) : { DataFrame };
}
