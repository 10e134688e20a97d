/**
 * Stitching: which acute encounters are one stay.
 *
 * In      one patient's acute encounters; rules
 * Out     stays in order of admission: their encounters in order of start, the rule that joined each, the one that ended last
 * Rule    an encounter joins the stay before it when it starts at or before the stay's reach (its latest end so far); or within the gap and
 *         is a transfer (its type says so, or another hospital), or has the same hospital and reason; each with its switch
 * Choice  an encounter without end reaches a fixed time from its start, or one that nobody closed would swallow the rest of a life
 * Choice  hospital and reason are compared with the encounter just before; unknown ones never match
 * Source  CMS: a transfer is one admission; a same-day return to the same hospital for the same condition is one stay
 */
import { codeSets } from './code-sets.ts';
import type { EncounterFact, FactTime } from './facts.ts';
import type { JoinRule, StayRules } from './stay.ts';

export interface AcuteEncounter {
  readonly encounter: EncounterFact;
  readonly start: FactTime;
  /** null while open; the start where the record has an end before it. */
  readonly end: FactTime | null;
  readonly isBackwards: boolean;
}

export interface StitchedStay {
  readonly members: readonly AcuteEncounter[];
  readonly joinedBy: readonly JoinRule[];
  /** The one the patient is discharged from: latest end, then latest start, then greatest id. */
  readonly last: AcuteEncounter;
}

export function stitch(encounters: readonly AcuteEncounter[], rules: StayRules): StitchedStay[] {
  const ordered = [...encounters].sort(byStart);
  const stays: { members: AcuteEncounter[]; joinedBy: JoinRule[] }[] = [];
  let reachMs = -Infinity;
  ordered.forEach((next, i) => {
    const rule = joinRule(next, ordered[i - 1], reachMs, rules);
    if (rule === 'first') stays.push({ members: [], joinedBy: [] });
    const stay = stays.at(-1);
    stay?.members.push(next);
    stay?.joinedBy.push(rule);
    reachMs = Math.max(reachMs, next.end?.ms ?? next.start.ms + rules.openEncounterMs);
  });
  return stays.map((stay) => ({ ...stay, last: stay.members.reduce((last, next) => (endsAfter(next, last) ? next : last)) }));
}

function joinRule(next: AcuteEncounter, before: AcuteEncounter | undefined, reachMs: number, rules: StayRules): JoinRule {
  if (before === undefined) return 'first';
  if (next.start.ms <= reachMs) return 'overlap';
  if (next.start.ms > reachMs + rules.stitchGapMs) return 'first';
  if (rules.stitchAnyGap) return 'any-gap';
  const { typeCode, provider, reasonCode, reasonSystem } = next.encounter;
  const saysTransfer = typeCode !== null && codeSets().typeSets(typeCode).includes('transfer_admission');
  if (rules.stitchTransferType && saysTransfer) return 'transfer-type';
  if (provider === null || before.encounter.provider === null) return 'first';
  if (provider !== before.encounter.provider) return rules.stitchOtherHospital ? 'other-hospital' : 'first';
  const isSameCode = reasonCode !== null && reasonCode === before.encounter.reasonCode;
  const isSameReason = isSameCode && reasonSystem === before.encounter.reasonSystem;
  return rules.stitchSameCondition && isSameReason ? 'same-condition' : 'first';
}

function endMs({ end }: AcuteEncounter): number {
  return end?.ms ?? Infinity;
}

function byStart(a: AcuteEncounter, b: AcuteEncounter): number {
  if (a.start.ms !== b.start.ms) return a.start.ms - b.start.ms;
  if (endMs(a) !== endMs(b)) return endMs(a) < endMs(b) ? -1 : 1;
  return a.encounter.id < b.encounter.id ? -1 : 1;
}

function endsAfter(a: AcuteEncounter, b: AcuteEncounter): boolean {
  if (endMs(a) !== endMs(b)) return endMs(a) > endMs(b);
  if (a.start.ms !== b.start.ms) return a.start.ms > b.start.ms;
  return a.encounter.id > b.encounter.id;
}
