/** The matrix of a handful of records, by index discharge and feature. */
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { buildMatrix, coverageOf, selectFeatures, type FeatureMatrix } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding, type LandingOptions } from '../cases/landing.ts';

export interface MatrixOptions extends LandingOptions {
  readonly features?: string;
  readonly threads?: number;
}

/** A warehouse with terminology, to be filled again and again. */
export async function emptyWarehouse(threads = 1): Promise<Warehouse> {
  const warehouse = await Warehouse.open({ threads });
  await loadTerminology(warehouse);
  return warehouse;
}

export async function matrixOf(
  warehouse: Warehouse,
  resources: readonly Resource[],
  options: MatrixOptions = {},
): Promise<FeatureMatrix> {
  return withLanding(
    resources,
    async (folder) => {
      const manifest = await readManifest(folder);
      await loadFlatTables(warehouse, folder, manifest);
      await buildCohort(warehouse, readCohortDefinition('hwr-like'), {
        transactionTime: manifest.transactionTime,
        runOut: 20251231,
      });
      const coverage = coverageOf(manifest.coverage.types, manifest.coverage.from);
      return buildMatrix(warehouse, selectFeatures(options.features ?? 'all'), coverage);
    },
    options,
  );
}

/** Values of one row by feature name. */
export function rowOf(matrix: FeatureMatrix, encounter: string): Record<string, number> {
  const row = matrix.indexIds.indexOf(`Encounter/${encounter}`);
  if (row < 0) throw new Error(`no index discharge ${encounter} among ${matrix.indexIds.join(', ')}`);
  return Object.fromEntries(matrix.features.map(({ name }, c) => [name, matrix.columns[c]?.[row] as number]));
}

/** One row, from records in short form. */
export async function featuresOf(
  warehouse: Warehouse,
  encounter: string,
  ...lines: (string | Resource)[]
): Promise<Record<string, number>> {
  return rowOf(await matrixOf(warehouse, expand(lines)), encounter);
}
