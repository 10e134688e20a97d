/**
 * Cards that were given out and what became of them, kept in the state folder.
 *
 * In      STATE/feedback: cards-YYYY-MM.ndjson, outcomes-YYYY-MM.ndjson
 * Choice  a card is on disk before it is answered, and feedback before it is thanked for; otherwise neither is
 * Choice  of a card is kept what a report needs and no more: no patient, no encounter, no risk; the audit trail has those
 * Choice  feedback is taken for cards of this and the two months before, from the client that was given the card; memory is bounded by that
 */
import { z } from 'zod';
import { realDisk, type Disk } from '../audit/disk.ts';
import type { Principal } from '../access/principal.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import { monthLines, MonthLog, monthOf, monthsOf } from './month-log.ts';
import type { Feedback } from './standard.ts';

export const cardPrefix = 'cards';
export const outcomePrefix = 'outcomes';

export const cardLineSchema = z.object({
  /** When it was given out, UTC. */
  at: z.string(),
  card: z.string(),
  service: z.string(),
  model: z.object({ name: z.string(), sha256: z.string() }),
  band: z.string(),
  indicator: z.string(),
  client: z.object({ issuer: z.string().nullable(), tenant: z.string().nullable() }),
});

export const outcomeLineSchema = z.object({
  /** When it was received, UTC. */
  at: z.string(),
  card: z.string(),
  outcome: z.enum(['accepted', 'overridden']),
  /** When the clinician acted, UTC. */
  acted: z.string(),
  /** Kinds of the suggestions that were taken. */
  accepted: z.array(z.string()),
  reason: z.object({ system: z.string(), code: z.string() }).nullable(),
  comment: z.string().nullable(),
});

export type CardLine = z.infer<typeof cardLineSchema>;
export type OutcomeLine = z.infer<typeof outcomeLineSchema>;
export type CardClient = CardLine['client'];

export interface CardStore {
  /** Resolves when the card is on disk. @throws {RequestRefusal} SERVER_CDS_STORE */
  issue(card: Omit<CardLine, 'at'>): Promise<void>;
  /** Whether this service gave the card to this client. */
  isIssued(card: string, service: string, client: CardClient): boolean;
  /** Resolves when all of it is on disk. @throws {RequestRefusal} SERVER_CDS_STORE */
  give(outcomes: readonly Omit<OutcomeLine, 'at'>[]): Promise<void>;
  /** Writes what waits. */
  close(): Promise<void>;
}

export interface CardStoreOptions {
  /** Made with rights 0700 where it is missing. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly disk?: Disk | undefined;
}

/** Months, this one among them. */
const keptMonths = 3;

/** @throws the file system's own error */
export async function openCardStore({ folder, now, disk = realDisk }: CardStoreOptions): Promise<CardStore> {
  await disk.makeFolder(folder);
  const known = new Map<string, Map<string, string>>();
  for (const month of (await monthsOf(disk, folder, cardPrefix)).filter((one) => isKept(one, now()))) {
    for await (const line of monthLines(disk, folder, cardPrefix, month)) {
      const card = cardLineSchema.safeParse(line);
      if (card.success) ofMonth(known, month).set(card.data.card, ownerOf(card.data.service, card.data.client));
    }
  }
  const cards = new MonthLog(disk, folder, cardPrefix, now);
  const outcomes = new MonthLog(disk, folder, outcomePrefix, now);

  return {
    async issue(card) {
      const ms = now();
      await stored(cards.append([{ at: new Date(ms).toISOString(), ...card }]));
      ofMonth(known, monthOf(ms)).set(card.card, ownerOf(card.service, card.client));
      for (const month of known.keys()) if (!isKept(month, ms)) known.delete(month);
    },
    isIssued(card, service, client) {
      const owner = ownerOf(service, client);
      return [...known.values()].some((month) => month.get(card) === owner);
    },
    async give(given) {
      const at = new Date(now()).toISOString();
      await stored(outcomes.append(given.map((outcome) => ({ at, ...outcome }))));
    },
    async close() {
      await cards.close();
      await outcomes.close();
    },
  };
}

export function clientOf(principal: Principal | null): CardClient {
  return { issuer: principal?.issuer ?? null, tenant: principal?.tenant ?? null };
}

/** As it is kept. @param accepted  kinds of the accepted suggestions */
export function outcomeLine(feedback: Feedback, accepted: readonly string[]): Omit<OutcomeLine, 'at'> {
  const { card, outcome, outcomeTimestamp, overrideReason } = feedback;
  const reason = overrideReason?.reason;
  return {
    card: card.toLowerCase(),
    outcome,
    acted: new Date(outcomeTimestamp).toISOString(),
    accepted: [...accepted],
    reason: reason === undefined ? null : { system: reason.system, code: reason.code },
    comment: overrideReason?.userComment ?? null,
  };
}

/** Few and the same again and again: an engine keeps one text of each. */
const owners = new Map<string, string>();
function ownerOf(service: string, { issuer, tenant }: CardClient): string {
  const owner = JSON.stringify([service, issuer, tenant]);
  const kept = owners.get(owner);
  if (kept !== undefined) return kept;
  owners.set(owner, owner);
  return owner;
}

function ofMonth(known: Map<string, Map<string, string>>, month: string): Map<string, string> {
  const cards = known.get(month) ?? new Map<string, string>();
  known.set(month, cards);
  return cards;
}

function isKept(month: string, nowMs: number): boolean {
  const number = (text: string): number => 12 * Number(text.slice(0, 4)) + Number(text.slice(5, 7));
  return number(month) > number(monthOf(nowMs)) - keptMonths;
}

async function stored(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch {
    throw new RequestRefusal('SERVER_CDS_STORE', 'expected to store the card or the feedback, found that the disk takes none');
  }
}
