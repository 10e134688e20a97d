/**
 * Stays: encounters that are one uninterrupted time in acute inpatient care, how each began and whether it was planned.
 *
 * In      facts of one patient, rules of stitching
 * Out     stays in order of admission; how encounters join in ./stitching.ts
 * Choice  an inpatient encounter for nursing care is no acute stay, nor is one cancelled, planned or entered in error
 * Choice  emergency link: the last emergency encounter that began at or before the admission and ended at most emergencyLinkMs before it;
 *         one whose end is not known by the discharge counts as ended when it began
 * Choice  a procedure belongs to the stay when it was done in an encounter of it, and not after its end
 * Source  acute source: LACE item A; planned: CMS planned readmission algorithm v4 on SNOMED CT, rules 1 to 3; "elective-by-type",
 *         "detoxification-programme" and "sterilisation" are not CMS and have a switch
 */
import { codeSets } from './code-sets.ts';
import type { EncounterFact, PatientFacts } from './facts.ts';
import { dayMs } from './record-time.ts';
import type { AcuteSource, PlannedRule, Stay, StayRules } from './stay.ts';
import { stitch, type AcuteEncounter, type StitchedStay } from './stitching.ts';

/** Rules of the shipped definition hwr-like. */
export const defaultStayRules: StayRules = {
  countObservation: false,
  inpatientFromMs: Infinity,
  excludeNursing: true,
  stitchGapMs: dayMs,
  stitchAnyGap: false,
  stitchTransferType: true,
  stitchOtherHospital: true,
  stitchSameCondition: true,
  openEncounterMs: 30 * dayMs,
  emergencyLinkMs: dayMs,
  plannedByType: true,
};

/** @returns fresh; empty for a patient who was never an inpatient */
export function staysOf(facts: PatientFacts, rules: StayRules = defaultStayRules): Stay[] {
  return stitch(acuteEncounters(facts, rules), rules).map((stitched) => describe(facts, stitched, rules));
}

/** Whether an encounter took place, as far as its status says. */
export function tookPlace({ status }: EncounterFact): boolean {
  return status !== 'cancelled' && status !== 'planned' && status !== 'entered-in-error';
}

function acuteEncounters({ encounters }: PatientFacts, rules: StayRules): AcuteEncounter[] {
  return encounters.flatMap((encounter) => {
    const { start, end } = encounter;
    if (start === null || !isInpatient(encounter, rules) || !tookPlace(encounter)) return [];
    if (rules.excludeNursing && encounter.nursing) return [];
    const isBackwards = end !== null && end.ms < start.ms;
    return [{ encounter, start, end: isBackwards ? start : end, isBackwards }];
  });
}

function isInpatient({ classCode, start, end }: EncounterFact, rules: StayRules): boolean {
  if (classCode === 'IMP' || classCode === 'ACUTE' || classCode === 'NONAC') return true;
  if (rules.countObservation && classCode !== 'EMER') return true;
  return start !== null && end !== null && end.ms - start.ms >= rules.inpatientFromMs;
}

function typeIs(typeCode: string | null, set: string): boolean {
  return typeCode !== null && codeSets().typeSets(typeCode).includes(set);
}

function describe(facts: PatientFacts, { members, joinedBy, last }: StitchedStay, rules: StayRules): Stay {
  const first = members[0] as AcuteEncounter;
  const isOpen = members.some(({ end }) => end === null);
  const dischargeMs = isOpen ? null : Math.max(...members.map(({ end }) => end?.ms ?? -Infinity));
  const encounterIds = members.map(({ encounter }) => encounter.id);
  const reason = members.find(({ encounter }) => encounter.reasonCode !== null)?.encounter;
  const reasonSets = reason === undefined ? [] : codeSets().reasonSets(reason.reasonSystem ?? '', reason.reasonCode ?? '');
  const emergencyEncounterId = emergencyLink(facts, first.start.ms, dischargeMs, rules);
  const done = procedureSets(facts, encounterIds, first.start.ms, dischargeMs);
  const admitTypeCode = first.encounter.typeCode;
  const anyType = (set: string): boolean => members.some(({ encounter }) => typeIs(encounter.typeCode, set));
  const kind: StayKind = {
    elective: typeIs(admitTypeCode, 'elective_admission'),
    urgentBy: urgentBy(first.encounter, emergencyEncounterId),
    electivePriority: first.encounter.priority === 'elective',
    detoxification: anyType('detoxification_admission'),
    rehabilitation: typeIs(admitTypeCode, 'rehabilitation_admission') || reasonSets.includes('rehabilitation_reason'),
    reasonSets,
    done,
  };
  const operation = done.has('operating_room_procedure') || done.has('potentially_planned_operation');
  return {
    stayId: first.encounter.id,
    encounterIds,
    joinedBy,
    dischargeEncounterId: last.encounter.id,
    admitMs: first.start.ms,
    admitYmd: first.start.ymd,
    dischargeMs,
    dischargeYmd: isOpen ? null : (last.end?.ymd ?? null),
    endBeforeStart: members.some(({ isBackwards }) => isBackwards),
    providers: new Set(members.map(({ encounter }) => encounter.provider).filter((provider) => provider !== null)).size,
    dischargeProvider: last.encounter.provider,
    disposition: last.encounter.disposition,
    admitTypeCode,
    reasonCode: reason?.reasonCode ?? null,
    reasonSystem: reason?.reasonSystem ?? null,
    emergencyEncounterId,
    acuteSource: acuteSourceOf(kind),
    plannedRule: plannedRuleOf(kind, rules),
    intensiveCare: anyType('icu_admission'),
    operation,
    sleepStudy: done.has('sleep_study_procedure') || reasonSets.includes('sleep_study_reason'),
    rehabilitation: kind.rehabilitation,
    psychiatric: typeIs(admitTypeCode, 'psychiatric_admission') || reasonSets.includes('psychiatric_reason'),
    detoxification: kind.detoxification,
    medicalCancerTreatment: !operation && (done.has('cancer_treatment_procedure') || reasonSets.includes('neoplasm')),
  };
}

/** What the rules of acute and planned stays ask. */
interface StayKind {
  readonly urgentBy: AcuteSource | null;
  readonly elective: boolean;
  readonly electivePriority: boolean;
  readonly detoxification: boolean;
  readonly rehabilitation: boolean;
  readonly reasonSets: readonly string[];
  readonly done: ReadonlySet<string>;
}

/** What says outright that the admission was urgent. */
function urgentBy({ typeCode, priority, admitSource }: EncounterFact, emergencyEncounterId: string | null): AcuteSource | null {
  if (emergencyEncounterId !== null) return 'emergency-encounter';
  if (typeIs(typeCode, 'emergency_admission')) return 'admission-type';
  if (priority === 'emergency' || priority === 'urgent') return 'admission-priority';
  return admitSource === 'emergency' ? 'admit-source' : null;
}

/** A chronic disease is on the acute list for its exacerbations: where the admission was arranged, it was none. */
function isAcuteDisease({ reasonSets }: StayKind): boolean {
  return reasonSets.includes('acute_diagnosis') && !reasonSets.includes('chronic_on_acute_list');
}

function acuteSourceOf(kind: StayKind): AcuteSource | null {
  if (kind.urgentBy !== null) return kind.urgentBy;
  const isArranged = kind.elective || kind.electivePriority || kind.detoxification;
  if (isAcuteDisease(kind) || (!isArranged && kind.reasonSets.includes('acute_diagnosis'))) return 'acute-reason';
  return isArranged ? null : 'not-elective-type';
}

function plannedRuleOf(kind: StayKind, rules: StayRules): PlannedRule | null {
  const { done, reasonSets } = kind;
  if (done.has('planned_always_procedure')) return 'always-planned-procedure';
  if (done.has('cancer_treatment_procedure') && reasonSets.includes('neoplasm')) return 'cancer-treatment';
  if (kind.rehabilitation) return 'rehabilitation';
  const mayBePlanned = done.has('potentially_planned_procedure') || done.has('potentially_planned_operation');
  if (mayBePlanned && !reasonSets.includes('acute_diagnosis')) return 'potentially-planned-procedure';
  if (!rules.plannedByType || kind.urgentBy !== null || isAcuteDisease(kind)) return null;
  if (kind.elective) return 'elective-by-type';
  if (kind.electivePriority) return 'elective-by-priority';
  if (kind.detoxification) return 'detoxification-programme';
  return reasonSets.includes('sterilisation_reason') ? 'sterilisation' : null;
}

/** The latest start wins; of equal starts the least id. */
function emergencyLink(
  { encounters }: PatientFacts,
  admitMs: number,
  dischargeMs: number | null,
  rules: StayRules,
): string | null {
  let found: EncounterFact | null = null;
  for (const encounter of encounters) {
    const { classCode, start, end } = encounter;
    if (classCode !== 'EMER' || start === null || start.ms > admitMs || !tookPlace(encounter)) continue;
    const endMs = end !== null && end.ms < (dischargeMs ?? Infinity) ? end.ms : start.ms;
    if (admitMs > endMs + rules.emergencyLinkMs) continue;
    const foundMs = found?.start?.ms ?? -Infinity;
    if (start.ms > foundMs || (start.ms === foundMs && encounter.id < (found?.id ?? ''))) found = encounter;
  }
  return found?.id ?? null;
}

/** Value sets of what was done in the stay. */
function procedureSets(
  { procedures }: PatientFacts,
  encounterIds: readonly string[],
  admitMs: number,
  dischargeMs: number | null,
): Set<string> {
  const sets = new Set<string>();
  for (const { encounterId, performed, sets: names } of procedures) {
    if (names.length === 0 || encounterId === null || !encounterIds.includes(encounterId)) continue;
    if (dischargeMs !== null && (performed?.ms ?? admitMs) > dischargeMs) continue;
    for (const name of names) sets.add(name);
  }
  return sets;
}
