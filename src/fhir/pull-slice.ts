/**
 * One slice within a pull: fetched unless the journal says it is done, halved where it must be, its outcome written down.
 *
 * In      the pull's context, a slice, the selected patients
 * Out     committed pages and a closing line in the journal
 * Choice  a server that ignores the patient parameter would hand out everything it has; when most entries of a page are about
 *         patients nobody asked for, the pull ends rather than filling the quarantine
 */
import { FhirError } from '../errors.ts';
import { fetchSlice } from './fetch-slice.ts';
import { sliceState } from './journal.ts';
import { makePageFile, type PageFile } from './page-file.ts';
import type { PullPlan } from './pull-options.ts';
import type { FhirSearch, SearchPage, SearchParams } from './search.ts';
import { halve, sliceParams, type Slice } from './slice.ts';
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

/** One slice to its end, through its halves where it had to be halved. */
export async function pullSlice(
  context: PullContext,
  slice: Slice,
  patients: readonly string[],
  known: ReadonlySet<string>,
): Promise<void> {
  const { plan } = context;
  const params = sliceParams(slice, patients, codeFilter(plan, slice.type));
  const make = (page: SearchPage): PageFile => {
    const made = makePageFile(page, { type: slice.type, maxDepth: maxResourceDepth, patients: known });
    const foreign = made.index.quarantine.filter(([reason]) => reason === 'other-patient').length;
    if (foreign * 2 > page.entries.length) throw filterIgnored(slice.type);
    return made;
  };
  await runSlice(context, slice, params, make, (half) => pullSlice(context, half, patients, known));
}

/** Fetches a slice unless the journal says it is done, and writes the outcome to the journal. */
export async function runSlice(
  { plan, search, workspace }: PullContext,
  slice: Slice,
  params: SearchParams,
  make: (page: SearchPage, left: number) => PageFile,
  onHalf: (half: Slice) => Promise<void>,
  limit?: number,
): Promise<void> {
  const { journal } = workspace;
  const state = sliceState(journal.state, slice.key);
  if (state.status === 'done') return;
  if (state.status !== 'split') {
    const halves = limit === undefined ? halve(slice, plan.now()) : null;
    const sink = await workspace.sink(slice, make, limit);
    const rules = { type: slice.type, pageSize: Math.min(plan.pageSize, limit ?? plan.pageSize), splittable: halves !== null };
    const { outcome, expected, found } = await fetchSlice(search, params, sink, rules);
    if (outcome === 'done') await journal.append({ kind: 'done', slice: slice.key, expected: expected ?? null, found });
    else if (outcome === 'short') await journal.append({ kind: 'short', slice: slice.key, expected: expected ?? 0, found });
    else await journal.append({ kind: 'split', slice: slice.key, into: halves! });
  }
  for (const half of sliceState(journal.state, slice.key).into) await onHalf(half);
}

function codeFilter(plan: PullPlan, type: string): Record<string, string> {
  return type === 'Observation' && plan.observationCodes !== null ? { code: plan.observationCodes.join(',') } : {};
}

function filterIgnored(type: string): FhirError {
  const what = `${type}: expected resources of the patients asked for, found mostly others; this server ignores the patient parameter`;
  return new FhirError('FHIR_FILTER_IGNORED', `${what}, it cannot be pulled from`, { details: { type } });
}
