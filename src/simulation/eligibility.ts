/**
 * Eligibility: the first rule that keeps a stay from being an index discharge.
 *
 * In      facts, one stay, the index rules
 * Out     the rule's name, or null for an index discharge; rules are tried in a fixed order, so that each stay counts once
 * Time    age in whole years at admission; a partial birth date counts from the middle of its year or month
 * Choice  death up to 12 h after the end of the stay is death in it, and so is the disposition "expired"; a death known by its day counts
 *         from the start of the day, one known by month or year from its end
 * Choice  look-back: a record is complete from the date searched, and where the source keeps only the last years of each patient, from that
 *         long before the earlier of death and the end of the records
 * Source  CMS Hospital-Wide Readmission measure, index admissions
 */
import type { LandingManifest } from '../fhir/index.ts';
import type { PatientFacts } from './facts.ts';
import { dayMs, dayNumber } from './record-time.ts';
import { defaultStayRules } from './stays.ts';
import type { IndexRules, Stay } from './stay.ts';

export type Exclusion =
  | 'open-stay'
  | 'end-before-start'
  | 'partial-date'
  | 'unknown-patient'
  | 'unknown-birth-date'
  | 'undated-death'
  | 'implausible-age'
  | 'under-minimum-age'
  | 'look-back'
  | 'sleep-study'
  | 'died-in-stay'
  | 'against-advice'
  | 'transferred-out'
  | 'rehabilitation'
  | 'psychiatric'
  | 'detoxification'
  | 'cancer-treatment'
  | 'day-case'
  | 'run-out';

/** A death this soon after the end of a stay is a death in it. */
export const graceMs = 12 * 3_600_000;

/** Rules of the shipped definition hwr-like, for records that are complete without end. */
export const defaultIndexRules: IndexRules = {
  ...defaultStayRules,
  horizonDays: 30,
  horizonElapsed: false,
  minimumAge: 18,
  excludeLookBack: true,
  excludeSleepStudy: true,
  excludeDiedInStay: true,
  excludeAgainstAdvice: true,
  excludeTransferOut: true,
  excludeRehabilitation: true,
  excludePsychiatric: true,
  excludeDetoxification: true,
  excludeCancerTreatment: true,
  excludeDayCase: false,
  runOutDay: Infinity,
  lookbackMs: 365 * dayMs,
  coveredFromMs: null,
  historyMs: null,
  recordedUntilMs: null,
};

/**
 * Rules for the records of a landing folder: they end at the earlier of the time of asking and the last event.
 *
 * @param lastEventMs  of the facts read from it
 */
export function indexRulesOf(
  manifest: Pick<LandingManifest, 'transactionTime' | 'coverage'>,
  lastEventMs: number,
  rules: Partial<IndexRules> = {},
): IndexRules {
  const recordedUntilMs = Math.min(lastEventMs, Date.parse(manifest.transactionTime));
  const { from, historyYears } = manifest.coverage;
  return {
    ...defaultIndexRules,
    // The last day that had ended: a day half recorded cannot be the last of a follow-up.
    runOutDay: Math.floor((recordedUntilMs + 1) / dayMs) - 1,
    coveredFromMs: from === null ? null : Date.parse(`${from}T00:00:00Z`),
    historyMs: historyYears === undefined ? null : Math.round(historyYears * 365.25 * dayMs),
    recordedUntilMs,
    ...rules,
  };
}

/** Whole years at admission; null where the birth date is not known. */
export function ageAtAdmission(facts: PatientFacts, stay: Stay): number | null {
  const birthYmd = birthYmdOf(facts);
  return birthYmd === null ? null : Math.floor((stay.admitYmd - birthYmd) / 10_000);
}

/** @returns null for an index discharge */
export function exclusionOf(facts: PatientFacts, stay: Stay, rules: IndexRules): Exclusion | null {
  if (stay.dischargeMs === null || stay.dischargeYmd === null) return 'open-stay';
  if (stay.endBeforeStart) return 'end-before-start';
  const dischargeDay = dayNumber(stay.dischargeYmd);
  if (dayNumber(stay.admitYmd) === null || dischargeDay === null) return 'partial-date';
  if (!facts.known) return 'unknown-patient';
  const birthYmd = birthYmdOf(facts);
  const age = ageAtAdmission(facts, stay);
  if (birthYmd === null || age === null) return 'unknown-birth-date';
  if (facts.deathFlag && facts.death === null) return 'undated-death';
  if (age > 120 || stay.admitYmd < birthYmd) return 'implausible-age';
  if (age < rules.minimumAge) return 'under-minimum-age';
  if (rules.excludeLookBack && stay.admitMs - rules.lookbackMs < completeFromMs(facts, rules)) return 'look-back';
  if (rules.excludeSleepStudy && stay.sleepStudy) return 'sleep-study';
  const hasDied = diedBy(facts, stay.dischargeMs + graceMs) || stay.disposition === 'expired';
  if (rules.excludeDiedInStay && hasDied) return 'died-in-stay';
  if (rules.excludeAgainstAdvice && stay.disposition === 'against-advice') return 'against-advice';
  if (rules.excludeTransferOut && stay.disposition === 'acute-transfer') return 'transferred-out';
  if (rules.excludeRehabilitation && stay.rehabilitation) return 'rehabilitation';
  if (rules.excludePsychiatric && stay.psychiatric) return 'psychiatric';
  if (rules.excludeDetoxification && stay.detoxification) return 'detoxification';
  if (rules.excludeCancerTreatment && stay.medicalCancerTreatment) return 'cancer-treatment';
  if (rules.excludeDayCase && stay.admitYmd === stay.dischargeYmd) return 'day-case';
  return isWatched(stay.dischargeMs, dischargeDay, rules) ? null : 'run-out';
}

/** Whether the whole horizon lies in the records. */
function isWatched(dischargeMs: number, dischargeDay: number, { horizonDays, horizonElapsed, runOutDay }: IndexRules): boolean {
  if (horizonElapsed) return dischargeMs + horizonDays * dayMs <= (runOutDay + 1) * dayMs;
  return dischargeDay + horizonDays <= runOutDay;
}

function birthYmdOf({ birth }: PatientFacts): number | null {
  if (birth === null) return null;
  return birth.ymd + (birth.precision === 1 ? 701 : birth.precision === 2 ? 15 : 0);
}

/**
 * From when on a patient's record is complete, epoch ms; -Infinity from the beginning.
 *
 * @param facts  as the source wrote them: a death that is planted or moved changes the end of a record, not what was kept of it
 */
export function completeFromMs({ death }: Pick<PatientFacts, 'death'>, rules: IndexRules): number {
  const covered = rules.coveredFromMs ?? -Infinity;
  if (rules.historyMs === null || rules.recordedUntilMs === null) return covered;
  return Math.max(covered, Math.min(death?.ms ?? Infinity, rules.recordedUntilMs) - rules.historyMs);
}

/** Whether the patient was dead by an instant, as far as the record can say; see the choices above. */
export function diedBy({ death }: Pick<PatientFacts, 'death'>, ms: number): boolean {
  if (death === null) return false;
  return (death.precision < 3 ? death.latestMs : death.ms) <= ms;
}
