/**
 * An experiment: what is compared with what, on which data, by which rule. One JSON document.
 *
 * In      a file, or the same as an object (the command line makes one of its flags)
 * Out     the document checked, every default filled in, paths made absolute
 * Choice  an arm says only in what it differs from an ordinary training: default features, default cohort, default forest
 * Choice  strict: a key that is not known is refused, because a misspelt option would silently compare nothing
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ExperimentError } from '../errors.ts';
import { documentFault } from '../util/document-fault.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';

/** Figures an experiment can ask for; every one is in the arms' table, each has its paired difference. */
const experimentMetrics = [
  'auroc',
  'withinReasonAuroc',
  'averagePrecision',
  'brier',
  'scaledBrier',
  'logLoss',
  'calibrationIntercept',
  'calibrationSlope',
] as const;
export type ExperimentMetric = (typeof experimentMetrics)[number];

const experimentEngines = ['histogram', 'ml-random-forest', 'logistic'] as const;
export type ExperimentEngine = (typeof experimentEngines)[number];

const seedSchema = z.int().min(0).max(4_294_967_295);

/** Bounds are those of the forest itself, which are checked when the arm is settled. */
const forestSchema = z.strictObject({
  trees: z.number().optional(),
  mtry: z.number().optional(),
  minLeafRows: z.number().optional(),
  minLeafWeight: z.number().optional(),
  maxDepth: z.number().optional(),
  maxBins: z.number().optional(),
  bootstrap: z.enum(['group', 'row', 'none']).optional(),
});

const armSchema = z.strictObject({
  /** Names the arm in tables and plots. */
  name: z.string().trim().min(1).max(80),
  /** A feature expression; files in it (@lists.json#NAME) are relative to the experiment file. */
  features: z.string().min(1).default('default'),
  /** Folders of the researcher's own families, beside those of the experiment. */
  featureFolders: z.array(z.string().min(1)).default([]),
  /** A shipped definition, a .json file, or the definition itself. */
  cohort: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).default('hwr-like'),
  engine: z.enum(experimentEngines).default('histogram'),
  /** Options of the forest; not of a logistic regression. */
  forest: forestSchema.prefault({}),
  /** A site mapping's .json file, or the mapping itself; default: standard codes. */
  mapping: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).optional(),
  /** File of labels that take the place of the outcome. */
  labels: z.string().min(1).optional(),
  /** Last complete day, YYYY-MM-DD; default: as for a training. */
  runOut: z.iso.date().optional(),
});

const experimentSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** Landing folder, relative to the file. */
  data: z.string().min(1).optional(),
  /** Of folds, trees and resamples. */
  seed: seedSchema.default(1),
  folds: z.int().min(2).max(50).default(5),
  /** Times the patients are dealt into folds anew; figures are means over them. */
  repeats: z.int().min(1).max(100).default(1),
  /** Resamples of patients for the intervals. */
  draws: z.int().min(100).max(100_000).default(1000),
  /** The arm the others are compared with; default: the first. */
  reference: z.string().optional(),
  /** Folders of own families for every arm. */
  featureFolders: z.array(z.string().min(1)).default([]),
  arms: z.array(armSchema).min(2).max(50),
  /** How p values allow for many comparisons. */
  adjust: z.enum(['holm', 'bh']).default('holm'),
  metrics: z.array(z.enum(experimentMetrics)).min(1).default(['auroc', 'averagePrecision', 'brier', 'calibrationSlope']),
});

export type ExperimentDocument = z.input<typeof experimentSchema>;
export type Experiment = Omit<z.output<typeof experimentSchema>, 'reference'> & {
  readonly reference: string;
  /** What relative paths in it are relative to. */
  readonly folder: string;
};
export type ExperimentArm = Experiment['arms'][number];

/** @throws {ExperimentError} EXPERIMENT_UNREADABLE, EXPERIMENT_INVALID naming the first wrong place */
export function readExperiment(file: string): Experiment {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ExperimentError(
      'EXPERIMENT_UNREADABLE',
      (cause as NodeJS.ErrnoException).code === 'ENOENT'
        ? `expected an experiment file at ${file}, found none${didYouMeanPath(file)}`
        : `expected an experiment as JSON in ${file}, found another form; src/training/README.md shows one`,
      { cause },
    );
  }
  return parseExperiment(value, file, dirname(resolve(file)));
}

/**
 * @param where   names the document in messages
 * @param folder  what relative paths are relative to
 * @throws {ExperimentError} EXPERIMENT_INVALID
 */
export function parseExperiment(value: unknown, where: string, folder = resolve('.')): Experiment {
  const parsed = experimentSchema.safeParse(value);
  if (!parsed.success) {
    const { place, what } = documentFault(experimentSchema, value, parsed.error);
    throw invalid(where, place, what);
  }
  const experiment = parsed.data;
  const names = experiment.arms.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(where, 'arms', `expected names of their own, found "${twice}" twice`);
  const reference = experiment.reference ?? (names[0] as string);
  if (!names.includes(reference)) {
    throw invalid(
      where,
      'reference',
      `expected the name of an arm (${names.join(', ')}), found "${reference}"${didYouMean(reference, names)}`,
    );
  }
  const wrong = experiment.arms.find(({ engine, forest }) => engine === 'logistic' && Object.keys(forest).length > 0);
  if (wrong !== undefined) {
    throw invalid(where, `arm "${wrong.name}"`, 'expected no forest options beside engine "logistic", which has no trees');
  }
  return { ...experiment, reference, folder };
}

function invalid(where: string, place: string, what: string): ExperimentError {
  return new ExperimentError('EXPERIMENT_INVALID', `${where}: ${place}: ${what}`, { details: { place } });
}
