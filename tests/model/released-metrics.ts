/** The headline figures of the released model and whether README.md prints them. */
import { readFile } from 'node:fs/promises';
import type { TrainingMetrics } from '../../src/training/index.ts';

/** @throws {Error} when README.md does not print the figure */
export async function readMetrics(): Promise<{ auroc: number; discharges: number }> {
  const metrics = JSON.parse(await readFile('models/planted/metrics.json', 'utf8')) as TrainingMetrics;
  const auroc = metrics.validations[0]?.results['forest']?.['auroc']?.estimate ?? Number.NaN;
  const readme = await readFile('README.md', 'utf8');
  const row = readme.split('\n').find((line) => line.startsWith('| forest')) ?? '';
  if (!row.includes(auroc.toFixed(3))) throw new Error(`README.md: expected AUROC ${auroc.toFixed(3)} in the forest's row`);
  return { auroc, discharges: metrics.discharges };
}
