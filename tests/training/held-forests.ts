/** Studies of columns made by a test, and the forests that held out each of their folds. */
import { heldOutForest } from '../../src/training/held-out.ts';
import { createAttributionCollector, type HeldForest, type Study, type ValidationOptions } from '../../src/training/index.ts';
import { eachFold } from '../../src/training/validation.ts';
import { randomStream } from '../../src/util/random.ts';

export const options: ValidationOptions = { folds: 3, seed: 5, draws: 60 };
const forestOptions = { trees: 60, minLeafRows: 5, seed: 2 };

type Column = readonly [name: string, family: string, values: (row: number, r: ReturnType<typeof randomStream>) => number];

/** The columns in place of the study's own, chance dealt anew for each. */
export function withColumns(study: Study, columns: readonly Column[], outcome = study.matrix.outcome): Study {
  const [like] = study.matrix.features;
  const made = columns.map(([, , values], c) => {
    const stream = randomStream(77, c);
    return Float64Array.from({ length: study.matrix.rows }, (_, row) => values(row, stream));
  });
  const features = columns.map(([name, family]) => ({ ...like!, name, family, unit: 'u' }));
  return { ...study, matrix: { ...study.matrix, features, columns: made, outcome } };
}

export async function heldForests(study: Study, most = 10_000) {
  const held: HeldForest[] = [];
  const rows = Int32Array.from({ length: study.matrix.rows }, (_, row) => row);
  const collector = createAttributionCollector(study.matrix, rows, most);
  await eachFold(study, options, async (_fold, train, test) => {
    await heldOutForest(study, train, test, forestOptions, {
      onForest: ({ forest, test: asked, outputs }) => {
        held.push({ forest, rows: asked, outputs });
        collector.explain(forest, asked);
      },
    });
  });
  return { held, attributions: collector.collected() };
}
export const rowOf = ({ matrix }: Study, row: number): Float64Array =>
  Float64Array.from(matrix.columns, (column) => column[row] as number);
export const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
