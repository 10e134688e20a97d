/**
 * Which patients a pull is about: found once, written down, and the same ever after.
 *
 * In      a Patient query, whose pages are kept as records too; or inpatient encounters, of which only the subject is read
 * Out     the sorted list of patient ids, on disk before the first search by patient
 * Choice  the list decides how later searches are cut, so it is closed only when complete: a shortfall ends the pull here unless a
 *         partial pull is allowed, and the next run searches again
 */
import { checkEntry, subjectOf } from './entry-check.ts';
import { fetchSlice, type PageSink } from './fetch-slice.ts';
import { incomplete } from './accounting.ts';
import { sliceState, type JournalState } from './journal.ts';
import { makePageFile, order } from './page-file.ts';
import { maxResourceDepth, runSlice, type PullContext } from './pull-slice.ts';
import type { SearchPage } from './search.ts';
import { halve, sliceParams, type Slice } from './slice.ts';
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
    runSlice(
      context,
      slice,
      sliceParams(slice, [], plan.patientParams),
      (page, left) => makePageFile(page, rules, left),
      run,
      plan.maxPatients,
    );
  await run(root);
  const leaves = leavesOf(workspace.journal.state, 'Patient');
  const short = leaves.filter(({ status }) => status === 'short');
  if (short.length > 0 && !context.allowPartial) {
    throw incomplete([{ type: 'Patient', expected: sum(leaves, (s) => s.expected ?? 0), found: sum(leaves, (s) => s.found) }]);
  }
  const ids = new Set<string>();
  for (const page of leaves.flatMap(({ pages }) => pages)) {
    for (const [id] of (await readPageIndex(workspace.pagesDir, page)).resources['Patient'] ?? []) ids.add(id);
  }
  const isCounted = leaves.every(({ expected }) => expected !== null);
  return { ids: [...ids].sort(order), expected: isCounted ? sum(leaves, (s) => s.expected ?? 0) : null };
}

/** Subjects of Encounter?class=IMP; the encounters themselves come later, with all others of their patients. */
async function findInpatients(context: PullContext): Promise<Selection> {
  const { plan, search } = context;
  const subjects = new Set<string>();
  let expected: number | null = 0;
  const most = plan.maxPatients ?? Number.POSITIVE_INFINITY;
  const rules = { type: 'Encounter', maxDepth: maxResourceDepth };
  const run = async (slice: Slice): Promise<void> => {
    const halves = halve(slice, plan.now());
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
      splittable: halves !== null,
    });
    if (result.outcome === 'short' && !context.allowPartial) {
      throw incomplete([{ type: 'Encounter', expected: result.expected ?? 0, found: result.found }]);
    }
    if (result.outcome === 'split') for (const half of halves!) await run(half);
    else expected = expected === null || result.expected === undefined ? null : expected + result.expected;
  };
  await run({ key: 'Encounter', type: 'Encounter', patients: null, window: null });
  return { ids: [...subjects].sort(order), expected };
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

/** The slices below a root that hold pages: itself, or the halves of its halves. */
export function leavesOf(state: JournalState, key: string) {
  const slice = sliceState(state, key);
  const leaves: Array<typeof slice> = [];
  if (slice.status === 'split') for (const half of slice.into) leaves.push(...leavesOf(state, half.key));
  else leaves.push(slice);
  return leaves;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
