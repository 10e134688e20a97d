/**
 * Which patients a pull is about: found once, written down, and the same ever after.
 *
 * In      a Patient query, whose pages are kept as records too; or inpatient encounters, of which only the subject is read
 * Out     the sorted list of patient ids, on disk before the first search by patient
 * Choice  the list decides how later searches are cut, so it is closed only when complete: a shortfall ends the pull here unless a
 *         partial pull is allowed, and the next run searches again
 */
import { checkEntry, subjectOf } from './entry-check.ts';
import { countOfSplit, fetchSlice, type PageSink } from './fetch-slice.ts';
import { incomplete } from './accounting.ts';
import { makePageFile, order } from './page-file.ts';
import { maxResourceDepth, runSlice, type PullContext } from './pull-slice.ts';
import type { SearchPage } from './search.ts';
import { canHalve, halve, sliceParams, type Slice } from './slice.ts';
import { countedIn, foundIn, leavesOf } from './slice-tree.ts';
import { readPageIndex } from './workspace.ts';

/** @throws {FhirError} FHIR_INCOMPLETE */
export async function selectPatients(context: PullContext): Promise<readonly string[]> {
  const { workspace, plan } = context;
  const known = await workspace.readPatients();
  if (known !== null) return known;
  const { ids, expected } = plan.inpatient ? await findInpatients(context) : await pullPatients(context);
  await workspace.writePatients(ids, expected);
  return ids;
}

interface Selection {
  readonly ids: string[];
  /** As counted by the server; null where it states no count. */
  readonly expected: number | null;
}

/** The Patient query; its pages are committed, they hold records that are wanted. */
async function pullPatients(context: PullContext): Promise<Selection> {
  const { plan, workspace } = context;
  const root: Slice = { key: 'Patient', type: 'Patient', patients: null, window: null };
  const rules = { type: 'Patient', maxDepth: maxResourceDepth };
  const run = (slice: Slice): Promise<void> =>
    runSlice(context, slice, sliceParams(slice, [], plan.patientParams), (page, left) => makePageFile(page, rules, left), run, {
      limit: plan.maxPatients,
    });
  await run(root);
  const { state } = workspace.journal;
  const leaves = leavesOf(state, 'Patient');
  const [expected, found] = [countedIn(state, 'Patient'), foundIn(state, 'Patient')];
  if (expected !== null && found < expected && !context.allowPartial) throw incomplete([{ type: 'Patient', expected, found }]);
  const ids = new Set<string>();
  for (const page of leaves.flatMap(({ pages }) => pages)) {
    for (const [id] of (await readPageIndex(workspace.pagesDir, page)).resources['Patient'] ?? []) ids.add(id);
  }
  return { ids: [...ids].sort(order), expected };
}

/** Subjects of Encounter?class=IMP; the encounters themselves come later, with all others of their patients. */
async function findInpatients(context: PullContext): Promise<Selection> {
  const { plan, search } = context;
  const subjects = new Set<string>();
  const most = plan.maxPatients ?? Number.POSITIVE_INFINITY;
  const rules = { type: 'Encounter', maxDepth: maxResourceDepth };
  const run = async (slice: Slice): Promise<SliceCount> => {
    const sink = memorySink(
      (page, ids) => {
        let refused = 0;
        for (const { resource, span, mode } of page.entries) {
          const verdict = checkEntry(resource, span, mode, rules);
          if (typeof verdict === 'string') refused += mode === 'outcome' ? 0 : 1;
          else {
            ids.add(verdict.id);
            const subject = subjectOf(resource as Record<string, unknown>);
            if (subject !== null && subjects.size < most) subjects.add(subject);
          }
        }
        return refused;
      },
      () => subjects.size >= most,
    );
    const params = sliceParams(slice, [], plan.patientParams);
    const result = await fetchSlice(search, params, sink, {
      type: 'Encounter',
      pageSize: plan.pageSize,
      splittable: canHalve(slice),
    });
    if (result.outcome !== 'split') return result;
    let found = 0;
    for (const half of halve(slice, plan.now(), result.middleMs)) if (subjects.size < most) found += (await run(half)).found;
    // Enough patients leave the rest unread; then there is nothing to be missed.
    if (subjects.size >= most) return { expected: found, found };
    return { expected: await countOfSplit(search, 'Encounter', params, result.expected, found), found };
  };
  const { expected = null, found } = await run({ key: 'Encounter', type: 'Encounter', patients: null, window: null });
  if (expected !== null && found < expected && !context.allowPartial) throw incomplete([{ type: 'Encounter', expected, found }]);
  return { ids: [...subjects].sort(order), expected };
}

interface SliceCount {
  readonly expected: number | undefined;
  readonly found: number;
}

function memorySink(read: (page: SearchPage, ids: Set<string>) => number, enough: () => boolean): PageSink {
  const ids = new Set<string>();
  const sink = {
    ids,
    quarantined: 0,
    resumeAt: null,
    enough,
    commit: (page: SearchPage): Promise<void> => {
      sink.quarantined += read(page, ids);
      return Promise.resolve();
    },
    restart: (): Promise<void> => {
      ids.clear();
      sink.quarantined = 0;
      return Promise.resolve();
    },
  };
  return sink;
}
