/**
 * A slice and the halves it was cut into, read as one.
 *
 * In      the journal's state, the key of a slice
 * Out     the slices that hold its pages; what was found and what was counted
 * Choice  what counts is the count of the whole: halves that miss a record between them, or both hold it, cannot change it
 */
import { sliceState, type JournalState, type SliceState } from './journal.ts';

/** The slices that hold pages: the slice itself, or the halves of its halves. */
export function leavesOf(state: JournalState, key: string): SliceState[] {
  const slice = sliceState(state, key);
  return slice.status === 'split' ? slice.into.flatMap((half) => leavesOf(state, half.key)) : [slice];
}

/** Resources and quarantined entries that the slice brought, wherever they are kept. */
export function foundIn(state: JournalState, key: string): number {
  return leavesOf(state, key).reduce((sum, { found }) => sum + found, 0);
}

/** By `_summary=count`; null where the server stated none for the slice and for one of its halves. */
export function countedIn(state: JournalState, key: string): number | null {
  const slice = sliceState(state, key);
  if (slice.status !== 'split' || slice.expected !== null) return slice.expected;
  const counts = slice.into.map((half) => countedIn(state, half.key));
  return counts.reduce((sum, n) => (sum === null || n === null ? null : sum + n), 0);
}

/** True for a slice that is no half of another. */
export function isRoot(key: string): boolean {
  return !key.includes('.');
}
