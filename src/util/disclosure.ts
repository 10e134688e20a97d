/**
 * Small counts: what may be told of groups of patients, so that nobody can read off what happened to a few of them.
 *
 * In      counts of groups that divide the same rows: events, rows without the event, patients where they are known
 * Out     per group whether its counts are told; or, for groups in an order, which neighbours are told together
 * Rule    a count below ten is not told, and neither is what gives it away: the sum over all groups is known, so of a division other
 *         counts are withheld too, fewest rows first, until each withheld count below ten could be any number from 0 to 9
 * Choice  the reader is taken to know the rule, and for each withheld count whether it is below ten: two counts with the sum 18 are
 *         then known to be 9 and 9, so a sum of two is not by itself enough
 * Choice  0 is withheld as 1 to 9 are: "none of these patients" tells something of each. A group of no rows is told
 * Choice  distributions of a feature over the rows, without what followed, are told with small counts covered: monitoring needs their shares
 * Choice  no switch: made-up records are treated as real ones are
 * Choice  each division is looked at by itself: not what two tables give away together (a later part of the same rows, the flagged by a rule to
 *         act upon), and not curves over all rows
 * Source  CMS cell size suppression policy, https://resdac.org/articles/cms-cell-size-suppression-policy: no cell of 1 to 10, no
 *         percentage or sum that leads to one. The bound here is 10, so that ten are told, that of the figures of a group
 */

/** The least count of events, of rows without the event, and of patients that is told. */
export const LEAST_COUNT = 10;

export interface GroupCounts {
  readonly events: number;
  readonly others: number;
  readonly patients?: number;
}

/** "few": a count is below the bound; "guard": withheld because another group's could be computed from it. */
export type Disclosure = 'told' | 'few' | 'guard';

const kinds = ['events', 'others', 'patients'] as const;
const kindWords = { events: 'events', others: 'discharges without the event', patients: 'patients' } as const;

/** Which count is too low to be told, in words without a number of the group; null where none is. */
export function tooFew(counts: GroupCounts): string | null {
  if (counts.events + counts.others === 0) return null;
  const few = kinds.find((kind) => (counts[kind] ?? LEAST_COUNT) < LEAST_COUNT);
  return few === undefined ? null : `fewer than ${LEAST_COUNT} ${kindWords[few]}`;
}

/**
 * What is told of groups that divide rows of a known total.
 *
 * @param groups  all of them, the rows of no known group as one too
 * @returns       null where no choice of groups to withhold is enough, so few rows are there: then the division is not to be told
 */
export function discloseDivision(groups: readonly GroupCounts[]): Disclosure[] | null {
  const told = groups.map((group): Disclosure => (tooFew(group) === null ? 'told' : 'few'));
  const bySize = [...groups.keys()]
    .filter((g) => told[g] === 'told' && rowsOf(groups[g]!) > 0)
    .sort((a, b) => rowsOf(groups[a]!) - rowsOf(groups[b]!));
  for (;;) {
    const withheld = groups.filter((_, g) => told[g] !== 'told');
    if (withheld.length === 0 || kinds.every((kind) => isHidden(withheld, kind))) return told;
    const next = bySize.shift();
    if (next === undefined) return null;
    told[next] = 'guard';
  }
}

/**
 * Whether every count of this kind below the bound could be any number below it, for who knows the sum of the withheld and which are below.
 * One alone never is.
 */
function isHidden(withheld: readonly GroupCounts[], kind: (typeof kinds)[number]): boolean {
  const counts = withheld.map((group) => group[kind] ?? LEAST_COUNT);
  const few = counts.filter((count) => count < LEAST_COUNT).length;
  if (few === 0) return true;
  const sum = counts.reduce((total, count) => total + count, 0);
  const large = counts.length - few;
  const most = LEAST_COUNT - 1;
  // 9 must be possible beside the least of the large ones, and 0 beside the most of the others, which has no end where one is large.
  return sum >= LEAST_COUNT && sum - large * LEAST_COUNT >= most && (large > 0 || sum <= (few - 1) * most);
}

/**
 * Neighbours told together: groups in an order, joined until every count of each join can be told. A group of no rows stays alone between joins.
 *
 * @returns  numbers of the groups of each join, ascending, each group once; one join of all where they are too few together
 */
export function joinSmallNeighbours(groups: readonly GroupCounts[]): number[][] {
  const joins: number[][] = [];
  let open: number[] = [];
  for (const g of groups.keys()) {
    open.push(g);
    if (tooFew(sumOf(open)) !== null) continue;
    joins.push(open);
    open = [];
  }
  // What is left over goes to those before it.
  while (open.length > 0 && joins.length > 0 && tooFew(sumOf(open)) !== null) open = [...joins.pop()!, ...open];
  return open.length > 0 ? [...joins, open] : joins;

  function sumOf(members: readonly number[]): GroupCounts {
    const sum = (kind: 'events' | 'others'): number => members.reduce((total, g) => total + groups[g]![kind], 0);
    return { events: sum('events'), others: sum('others') };
  }
}

/** What is told of a count from 1 to 9 that has to be told as some number. */
const MIDDLE = 5;

/**
 * Counts for a later comparison of shares, where words will not do: each from 1 to 9 is told as 5, and the largest makes up for it, so that the sum
 * stays and the small ones do not follow from it. 0 stays 0.
 */
export function coverSmallCounts(counts: readonly number[]): number[] {
  const isSmall = (count: number): boolean => count > 0 && count < LEAST_COUNT;
  const covered = counts.map((count) => (isSmall(count) ? MIDDLE : count));
  const gained = covered.reduce((sum, count, i) => sum + count - counts[i]!, 0);
  const largest = counts.indexOf(Math.max(...counts));
  if (gained === 0 && !counts.some(isSmall)) return covered;
  // Nothing is large enough to make up for it: all alike, then.
  if (isSmall(counts[largest]!) || covered[largest]! - gained < LEAST_COUNT) return evenly(counts);
  covered[largest]! -= gained;
  return covered;
}

function evenly(counts: readonly number[]): number[] {
  const used = counts.filter((count) => count > 0).length;
  const sum = counts.reduce((total, count) => total + count, 0);
  let told = 0;
  return counts.map((count) => (count === 0 ? 0 : Math.floor((sum * ++told) / used) - Math.floor((sum * (told - 1)) / used)));
}

function rowsOf({ events, others }: GroupCounts): number {
  return events + others;
}
