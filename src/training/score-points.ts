/**
 * Points of the published scores where a finished model is judged: they have an order but no risk of their own there, since nothing is fitted.
 */
import { take } from './held-out.ts';
import { scoreNames, type Study } from './study.ts';

/** By score, of the rows asked for; a score that a row has no points of is left out. */
export function scorePoints({ scores }: Pick<Study, 'scores'>, rows: Int32Array): Readonly<Record<string, Float64Array>> {
  const points = scoreNames.map((name) => [name, take(scores[name], rows)] as const);
  return Object.fromEntries(points.filter(([, values]) => !values.some((value) => Number.isNaN(value))));
}
