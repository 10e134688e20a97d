/**
 * A forest as a JSON document: the arrays of scikit-learn's trees under scikit-learn's names, and what they cannot say of themselves.
 *
 * Tree       node 0 is the root, children come after their parent; a leaf has -1 for both children, and its feature and threshold say nothing
 * Threshold  a row goes left when its value is at most the threshold; "Infinity", which is no JSON number, sends every present value left
 * Value      per node the share (or weight) of each class, in the order of "classes"; the second class is the outcome
 * Precision  input_precision "float32": rows are rounded to float32 before they are compared, as scikit-learn does; "float64": they are not
 * Missing    missing_go_to_left may be left out, as by releases that took no missing values
 * Training   what a model must say of the rows behind it: counts, and per feature range and share missing. Needed to make a model of the forest
 * Writer     scripts/interchange/scikit_learn_forest.py makes it from a fitted RandomForestClassifier or ExtraTreesClassifier
 */
import { z } from 'zod';
import { ForestError } from '../errors.ts';

export const FOREST_DOCUMENT_FORMAT = 'scikit-learn-forest';
export const FOREST_DOCUMENT_VERSION = 1;

/** As the arrays of a forest hold it. */
const index = z.int32();
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]);
const shares = z.tuple([z.number(), z.number()]);

const TreeSchema = z.strictObject({
  children_left: z.array(index).min(1),
  children_right: z.array(index),
  feature: z.array(index),
  threshold: z.array(z.union([z.number(), z.literal('Infinity')])),
  /** [n, 2], or [n, 1, 2] as scikit-learn has it. */
  value: z.array(z.union([shares, z.tuple([shares])])),
  weighted_n_node_samples: z.array(z.number()),
  missing_go_to_left: z.array(flag).optional(),
});

const className = z.union([z.number(), z.boolean(), z.string().max(200)]);
const count = z.int().nonnegative();

const TrainingSchema = z
  .strictObject({
    rows: count.positive(),
    /** Rows of the second class. */
    events: count,
    patients: count.positive(),
    /** Per feature; null where no value was present. */
    min: z.array(z.number().nullable()),
    max: z.array(z.number().nullable()),
    /** Share of the rows, in [0, 1]. */
    missing: z.array(z.number().min(0).max(1)),
  })
  .refine(
    ({ rows, events, patients }) => events <= rows && patients <= rows,
    'expected at most as many events and patients as rows',
  );

const DocumentSchema = z.strictObject({
  format: z.literal(FOREST_DOCUMENT_FORMAT),
  format_version: z.literal(FOREST_DOCUMENT_VERSION),
  made_by: z.string().min(1).max(200),
  input_precision: z.enum(['float32', 'float64']),
  feature_names: z.array(z.string().min(1).max(200)).min(1).max(10_000),
  classes: z.tuple([className, className]),
  trees: z.array(TreeSchema).min(1).max(100_000),
  training: TrainingSchema.optional(),
  /** For readers: which model of this package it was written from. */
  model: z.record(z.string(), z.unknown()).optional(),
});

export type ForestDocument = z.infer<typeof DocumentSchema>;
export type DocumentTree = ForestDocument['trees'][number];
export type TrainingSummary = NonNullable<ForestDocument['training']>;

/** @throws {ForestError} FOREST_FILE_FORMAT naming the first faults by tree and node */
export function parseForestDocument(value: unknown): ForestDocument {
  const parsed = DocumentSchema.safeParse(value);
  if (!parsed.success) throw formatError(parsed.error.issues.slice(0, 3).map(faultOf).join('; '));
  const document = parsed.data;
  const features = document.feature_names.length;
  const twice = document.feature_names.find((name, i, all) => all.indexOf(name) !== i);
  if (twice !== undefined) throw formatError(`the feature name "${twice}" is there twice`);
  for (const name of ['min', 'max', 'missing'] as const) {
    const found = document.training?.[name].length ?? features;
    if (found !== features) throw formatError(`training.${name}: expected one entry per feature, ${features}, found ${found}`);
  }
  return document;
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  const [first, tree, array, node] = path;
  const where = first !== 'trees' || tree === undefined ? path.join('.') : treePlace(Number(tree), array, node);
  return `${where || 'the document'}: ${message}`;
}

function treePlace(tree: number, array: PropertyKey | undefined, node: PropertyKey | undefined): string {
  return [
    `tree ${tree}`,
    ...(node === undefined ? [] : [`node ${String(node)}`]),
    ...(array === undefined ? [] : [String(array)]),
  ].join(', ');
}

function formatError(found: string): ForestError {
  return new ForestError(
    'FOREST_FILE_FORMAT',
    `expected a forest as scripts/interchange/scikit_learn_forest.py writes it, found ${found}; write it again`,
  );
}
