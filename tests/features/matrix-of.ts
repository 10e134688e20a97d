/**
 * The matrix of a handful of records, by index discharge and feature.
 *
 * Why  what the engine takes is by statement, hardly by record: cases asked for in one turn, as those of `it.concurrent` are, become one cohort
 */
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { buildMatrix, coverageOf, selectFeatures, type FeatureMatrix } from '../../src/features/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding, type LandingOptions } from '../cases/landing.ts';
import { withOwnIds } from '../cases/own-ids.ts';

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

/** What was asked of a warehouse last: one matrix is made after the other. */
const turns = new WeakMap<Warehouse, Promise<unknown>>();

export async function matrixOf(
  warehouse: Warehouse,
  resources: readonly Resource[],
  options: MatrixOptions = {},
): Promise<FeatureMatrix> {
  const before = turns.get(warehouse) ?? Promise.resolve();
  const matrix = before.then(() => makeMatrix(warehouse, resources, options));
  turns.set(
    warehouse,
    matrix.catch(() => undefined),
  );
  return matrix;
}

function makeMatrix(warehouse: Warehouse, resources: readonly Resource[], options: MatrixOptions): Promise<FeatureMatrix> {
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

interface Asked {
  readonly encounter: string;
  readonly resources: readonly Resource[];
  readonly resolve: (row: Record<string, number>) => void;
  readonly reject: (reason: unknown) => void;
}
/** Not begun yet. */
const asked = new WeakMap<Warehouse, Asked[]>();

/** One row, from records in short form. */
export async function featuresOf(
  warehouse: Warehouse,
  encounter: string,
  ...lines: (string | Resource)[]
): Promise<Record<string, number>> {
  const resources = expand(lines);
  return new Promise((resolve, reject) => {
    const request = { encounter, resources, resolve, reject };
    const waiting = asked.get(warehouse);
    if (waiting !== undefined) waiting.push(request);
    else {
      asked.set(warehouse, [request]);
      setImmediate(() => void answer(warehouse));
    }
  });
}

async function answer(warehouse: Warehouse): Promise<void> {
  const requests = asked.get(warehouse) ?? [];
  asked.delete(warehouse);
  try {
    const matrix = await matrixOf(
      warehouse,
      requests.flatMap(({ resources }, n) => withOwnIds(resources, `case-${n}-`)),
    );
    for (const [n, { encounter, resolve, reject }] of requests.entries()) {
      try {
        resolve(rowOf(matrix, `case-${n}-${encounter}`));
      } catch (missing) {
        reject(missing);
      }
    }
  } catch (failure) {
    for (const { reject } of requests) reject(failure);
  }
}
