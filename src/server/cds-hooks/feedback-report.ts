/**
 * What became of the cards: acceptance and overrides, by service, model and month, and why cards were set aside.
 *
 * In      the feedback folder of a state folder; the server may be writing to it
 * Out     counts; the free text of clinicians only where it is asked for
 * Choice  a card counts once: accepted where any of its suggestions was taken at any time, else overridden, with the reason given last
 * Choice  a card without feedback was ignored, or its client sends none; the share is of all cards, and of those with feedback
 * Choice  the total is told. Of months, and of reasons, which speak of patients, a count below ten is not, nor what gives it away
 *         (../../util/disclosure.ts); months are told together with their neighbours where that is enough
 */
import { discloseDivision, joinSmallNeighbours, LEAST_COUNT, type Disclosure } from '../../util/disclosure.ts';
import { realDisk, type Disk } from '../audit/disk.ts';
import { cardLineSchema, cardPrefix, outcomeLineSchema, outcomePrefix, type CardLine, type OutcomeLine } from './card-store.ts';
import { overrideReasons, overrideReasonSystem } from './codes.ts';
import { monthLines, monthsOf } from './month-log.ts';
import { suggestionKinds, type SuggestionKind } from './suggestions.ts';

export interface CardCounts {
  readonly cards: number;
  readonly accepted: number;
  readonly overridden: number;
}

export interface FeedbackGroup {
  readonly service: string;
  readonly model: { readonly name: string; readonly sha256: string };
  /** First and last month, `2024-03`; the same where a month is told alone. */
  readonly from: string;
  readonly to: string;
  /** null where they are not told. */
  readonly counts: CardCounts | null;
}

export interface FeedbackReport {
  readonly total: CardCounts;
  readonly groups: readonly FeedbackGroup[];
  /** Cards on which it was taken; null where fewer than ten. */
  readonly suggestions: readonly { readonly kind: SuggestionKind; readonly cards: number | null }[];
  /** Most frequent first. null: the division is too small to be told. */
  readonly reasons: readonly OverrideCount[] | null;
  /** Lines that cannot be read: half a line that a crash left. */
  readonly unreadable: number;
  /** Outcomes of cards that are no longer in the folder. */
  readonly withoutCard: number;
  /** Empty unless asked for. */
  readonly comments: readonly {
    readonly at: string;
    readonly service: string;
    readonly reason: string | null;
    readonly comment: string;
  }[];
}

export interface OverrideCount {
  /** null: no reason was given. */
  readonly reason: { readonly system: string; readonly code: string } | null;
  readonly words: string;
  /** null where it is not told. */
  readonly cards: number | null;
  readonly disclosure: Disclosure;
}

interface CardFate {
  readonly card: CardLine;
  readonly accepted: Set<string>;
  override: OutcomeLine | null;
}

/** @throws the file system's own error, where the folder cannot be read */
export async function feedbackReport(
  folder: string,
  options: { readonly comments?: boolean; readonly disk?: Disk } = {},
): Promise<FeedbackReport> {
  const disk = options.disk ?? realDisk;
  const fates = new Map<string, CardFate>();
  const comments: OutcomeLine[] = [];
  const lost = { unreadable: 0, withoutCard: 0 };
  for await (const line of linesOf(disk, folder, cardPrefix)) {
    const card = cardLineSchema.safeParse(line);
    if (card.success) fates.set(card.data.card, { card: card.data, accepted: new Set(), override: null });
    else lost.unreadable += 1;
  }
  for await (const line of linesOf(disk, folder, outcomePrefix)) {
    const parsed = outcomeLineSchema.safeParse(line);
    const fate = parsed.success ? fates.get(parsed.data.card) : undefined;
    if (!parsed.success) lost.unreadable += 1;
    else if (fate === undefined) lost.withoutCard += 1;
    else {
      for (const kind of parsed.data.accepted) fate.accepted.add(kind);
      if (parsed.data.outcome === 'overridden' && !(fate.override !== null && fate.override.acted > parsed.data.acted)) {
        fate.override = parsed.data;
      }
      if (options.comments === true && parsed.data.comment !== null) comments.push(parsed.data);
    }
  }
  const all = [...fates.values()];
  return {
    total: countsOf(all),
    groups: groupsOf(all),
    suggestions: suggestionKinds.map((kind) => {
      const cards = all.filter(({ accepted }) => accepted.has(kind)).length;
      return { kind, cards: cards < LEAST_COUNT ? null : cards };
    }),
    reasons: reasonsOf(all),
    ...lost,
    comments: comments.map(({ at, card, reason, comment }) => ({
      at,
      service: fates.get(card)?.card.service ?? '',
      reason: reason?.code ?? null,
      comment: comment ?? '',
    })),
  };
}

async function* linesOf(disk: Disk, folder: string, prefix: string): AsyncGenerator<object | undefined> {
  for (const month of await monthsOf(disk, folder, prefix)) yield* monthLines(disk, folder, prefix, month);
}

function countsOf(fates: readonly CardFate[]): CardCounts {
  const accepted = fates.filter((fate) => fate.accepted.size > 0).length;
  const overridden = fates.filter((fate) => fate.accepted.size === 0 && fate.override !== null).length;
  return { cards: fates.length, accepted, overridden };
}

function groupsOf(fates: readonly CardFate[]): FeedbackGroup[] {
  const bySeries = groupBy(fates, ({ card }) => JSON.stringify([card.service, card.model.name, card.model.sha256]));
  const groups = [...bySeries.values()].flatMap((series) => {
    const byMonth = [...groupBy(series, ({ card }) => card.at.slice(0, 7))].sort(([a], [b]) => (a < b ? -1 : 1));
    const { service, model } = (series[0] as CardFate).card;
    return joinSmallNeighbours(byMonth.map(([, members]) => rows(members.length))).map((joined) => {
      const months = joined.map((m) => byMonth[m] as [string, CardFate[]]);
      const counts = countsOf(months.flatMap(([, members]) => members));
      return { service, model, from: months[0]?.[0] ?? '', to: months.at(-1)?.[0] ?? '', counts };
    });
  });
  // All of them add up to the total, which is told.
  const disclosed = discloseDivision(groups.map(({ counts }) => rows(counts.cards)));
  return groups.map((group, g) => ({ ...group, counts: disclosed?.[g] === 'told' ? group.counts : null }));
}

function reasonsOf(fates: readonly CardFate[]): OverrideCount[] | null {
  const overridden = fates.filter(({ accepted, override }) => accepted.size === 0 && override !== null);
  const byReason = [...groupBy(overridden, ({ override }) => JSON.stringify(override?.reason ?? null))];
  const disclosed = discloseDivision(byReason.map(([, members]) => rows(members.length)));
  if (disclosed === null) return null;
  return byReason
    .map(([key, { length }], r): OverrideCount => {
      const reason = JSON.parse(key) as OverrideCount['reason'];
      const disclosure = disclosed[r] as Disclosure;
      return { reason, words: wordsOf(reason), cards: disclosure === 'told' ? length : null, disclosure };
    })
    .sort((a, b) => (b.cards ?? -1) - (a.cards ?? -1) || (a.words < b.words ? -1 : 1));
}

/** A group as the rules of disclosure know one, where there is one kind of count. */
function rows(count: number): { readonly events: number; readonly others: number } {
  return { events: count, others: count };
}

function wordsOf(reason: OverrideCount['reason']): string {
  if (reason === null) return 'No reason given';
  const own: Readonly<Record<string, string>> = overrideReasons;
  return (reason.system === overrideReasonSystem ? own[reason.code] : undefined) ?? `${reason.code} of ${reason.system}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
