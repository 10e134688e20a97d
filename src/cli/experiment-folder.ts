/**
 * The folder of results of an experiment, there as a whole or not at all, readable by its owner alone: labels in it are patients.
 *
 * Out     experiment.json and the researcher's files (all a repetition needs but the data), metrics.json, table.md, table.csv, forest-plot.svg,
 *         columns.json (what each feature is, and which arms read it)
 * Choice  filled beside its place under another name and then renamed, so that a run that is killed leaves no half a result
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ExperimentError } from '../errors.ts';
import type { ExperimentResult } from '../training/index.ts';
import { syncFolder, writeFileAtomic } from '../util/atomic-file.ts';
import { stableJson } from '../util/stable-json.ts';
import { comparisonColumns, comparisonMarkdown, differenceRows, titleOf } from './experiment-text.ts';

const ownerOnly = { folder: 0o700, file: 0o600 };

/** @throws {ExperimentError} EXPERIMENT_OUT_TAKEN unless nothing, or an empty folder, is there */
export async function requireNewFolder(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length > 0) throw taken(out);
}

/** @throws {ExperimentError} EXPERIMENT_OUT_TAKEN; the file system's own error, nothing is then left behind */
export async function writeExperimentFolder(out: string, result: ExperimentResult): Promise<void> {
  const { comparisonText } = await import('../training/index.ts');
  const { writeTable } = await import('../warehouse/index.ts');
  const { forestPlotSvg } = await import('../report/index.ts');
  const place = resolve(out);
  const temporary = join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}.tmp`);
  const write = (name: string, content: Uint8Array | string): Promise<void> =>
    writeFileAtomic(join(temporary, name), content, ownerOnly.file);
  await mkdir(temporary, { recursive: true, mode: ownerOnly.folder });
  try {
    for (const { path, content } of result.sideFiles) {
      await mkdir(dirname(join(temporary, path)), { recursive: true, mode: ownerOnly.folder });
      await write(path, content);
    }
    await write('experiment.json', `${stableJson(result.record, 2)}\n`);
    await write('columns.json', `${stableJson(result.dictionary, 2)}\n`);
    await write('table.md', comparisonMarkdown(result.comparison));
    await writeTable(join(temporary, 'table.csv'), comparisonColumns(result.comparison));
    const { name, metrics } = result.comparison;
    const metric = metrics[0] as string;
    await write(
      'forest-plot.svg',
      forestPlotSvg(differenceRows(result.comparison, metric), {
        id: 'differences',
        title: `${name}: differences from ${result.comparison.reference}`,
        description: `Difference of each arm from ${result.comparison.reference} in ${titleOf(metric)}, with its 95 % interval`,
        label: `difference in ${titleOf(metric)}, with 95 % interval`,
        reference: 0,
      }),
    );
    await write('metrics.json', comparisonText(result.comparison));
    await rename(temporary, place).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOTEMPTY' || error.code === 'EEXIST' ? taken(out) : error;
    });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(dirname(place));
}

function taken(out: string): ExperimentError {
  return new ExperimentError(
    'EXPERIMENT_OUT_TAKEN',
    `expected a new or empty folder, found files in ${out}; choose another --out`,
  );
}
