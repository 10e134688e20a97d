/**
 * One slice within a pull: fetched unless the journal says it is done, halved where it must be, its outcome written down.
 *
 * In      the pull's context, a slice, the selected patients
 * Out     committed pages and a closing line in the journal
 * Choice  a slice whose halves bring less than it was counted to hold keeps its count, so that the accounting tells of it
 * Choice  a server that ignores the patient parameter would hand out everything it has; when most entries of a page are about
 *         patients nobody asked for, the pull ends rather than filling the quarantine
 */
import { FhirError } from '../errors.ts';
import { countOfSplit, fetchSlice } from './fetch-slice.ts';
import { sliceState } from './journal.ts';
import { makePageFile, type PageFile } from './page-file.ts';
import type { PullPlan } from './pull-options.ts';
import type { FhirSearch, SearchPage, SearchParams } from './search.ts';
import { canHalve, halve, hasPatients, sliceParams, type Slice } from './slice.ts';
import { foundIn } from './slice-tree.ts';
import type { Workspace } from './workspace.ts';

/** What every step of a pull works with. */
export interface PullContext {
  readonly plan: PullPlan;
  readonly search: FhirSearch;
  readonly workspace: Workspace;
  readonly allowPartial: boolean;
}

/** Deepest nesting of a resource; the records of care that we read stay below 15. */
export const maxResourceDepth = 64;

/**
 * One slice to its end, through its halves where it had to be halved.
 *
 * @param cutAt  as many as came of a wider slice that was cut
 */
export async function pullSlice(
  context: PullContext,
  slice: Slice,
  patients: readonly string[],
  known: ReadonlySet<string>,
  cutAt?: number,
): Promise<void> {
  const { plan } = context;
  const params = sliceParams(slice, patients, codeFilter(plan, slice.type));
  const make = (page: SearchPage): PageFile => {
    const made = makePageFile(page, { type: slice.type, maxDepth: maxResourceDepth, patients: known });
    const foreign = made.index.quarantine.filter(([reason]) => reason === 'other-patient').length;
    if (foreign * 2 > page.entries.length) throw filterIgnored(slice.type);
    return made;
  };
  const onHalf = (half: Slice, cut?: number): Promise<void> => pullSlice(context, half, patients, known, cut ?? cutAt);
  await runSlice(context, slice, params, make, onHalf, { cutAt });
}

/** Fetches a slice unless the journal says it is done, and writes the outcome to the journal. */
export async function runSlice(
  { plan, search, workspace }: PullContext,
  slice: Slice,
  params: SearchParams,
  make: (page: SearchPage, left: number) => PageFile,
  onHalf: (half: Slice, cutAt?: number) => Promise<void>,
  options: { limit?: number | undefined; cutAt?: number | undefined } = {},
): Promise<void> {
  const { journal } = workspace;
  const { key, type } = slice;
  const { limit = Number.POSITIVE_INFINITY } = options;
  const state = sliceState(journal.state, key);
  if (state.status === 'done') return;
  let cutAt: number | undefined;
  if (state.status !== 'split') {
    const sink = await workspace.sink(slice, make, limit);
    const { outcome, expected, found, middleMs } = await fetchSlice(search, params, sink, {
      type,
      pageSize: Math.min(plan.pageSize, limit),
      splittable: limit === Number.POSITIVE_INFINITY && canHalve(slice),
      // One patient's records are read all the same: where to cut them is told by what comes.
      cutAt: hasPatients(slice) ? options.cutAt : undefined,
    });
    if (outcome === 'done') await journal.append({ kind: 'done', slice: key, expected: expected ?? null, found });
    else if (outcome === 'short') await journal.append({ kind: 'short', slice: key, expected: expected ?? 0, found });
    else {
      if (found > 0) cutAt = found;
      await journal.append({ kind: 'split', slice: key, expected: expected ?? null, into: halve(slice, plan.now(), middleMs) });
    }
  }
  const { status, into, expected } = sliceState(journal.state, key);
  if (status !== 'split') return;
  for (const half of into) await onHalf(half, cutAt);
  const counted = await countOfSplit(search, type, params, expected ?? undefined, foundIn(journal.state, key));
  if ((counted ?? null) !== expected) await journal.append({ kind: 'split', slice: key, expected: counted ?? null, into });
}

function codeFilter(plan: PullPlan, type: string): Record<string, string> {
  return type === 'Observation' && plan.observationCodes !== null ? { code: plan.observationCodes.join(',') } : {};
}

function filterIgnored(type: string): FhirError {
  const what = `${type}: expected resources of the patients asked for, found mostly others; this server ignores the patient parameter`;
  return new FhirError('FHIR_FILTER_IGNORED', `${what}, it cannot be pulled from`, { details: { type } });
}
