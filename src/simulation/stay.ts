/**
 * Stays and the rules they are judged by: the types.
 *
 * Time    milliseconds since 1970 UTC; calendar dates as written, yyyymmdd
 */

import type { Disposition } from './admission-codes.ts';

/** How encounters become stays and when a stay counts as planned. */
export interface StayRules {
  /** Observation encounters count as inpatient, whatever their length. */
  readonly countObservation: boolean;
  /** Emergency and observation encounters that lasted this long count as inpatient; infinite: never. */
  readonly inpatientFromMs: number;
  readonly excludeNursing: boolean;
  /** Largest gap between two encounters of one stay. */
  readonly stitchGapMs: number;
  readonly stitchAnyGap: boolean;
  readonly stitchTransferType: boolean;
  readonly stitchOtherHospital: boolean;
  readonly stitchSameCondition: boolean;
  /** How long an encounter without end keeps its stay open for later encounters. */
  readonly openEncounterMs: number;
  /** An emergency visit that ended at most this long before the admission led to it. */
  readonly emergencyLinkMs: number;
  readonly plannedByType: boolean;
}

/** Which stays are index discharges. */
export interface IndexRules extends StayRules {
  readonly horizonDays: number;
  /** Days of 24 h from the discharge; else calendar days. */
  readonly horizonElapsed: boolean;
  readonly minimumAge: number;
  readonly excludeLookBack: boolean;
  readonly excludeSleepStudy: boolean;
  readonly excludeDiedInStay: boolean;
  readonly excludeAgainstAdvice: boolean;
  readonly excludeTransferOut: boolean;
  readonly excludeRehabilitation: boolean;
  readonly excludePsychiatric: boolean;
  readonly excludeDetoxification: boolean;
  readonly excludeCancerTreatment: boolean;
  readonly excludeDayCase: boolean;
  /** Last complete day of the records, in days since 1970-01-01. */
  readonly runOutDay: number;
  readonly lookbackMs: number;
  /** Records were searched from here; null is from the beginning. */
  readonly coveredFromMs: number | null;
  /** A record is complete only for this long before the earlier of death and the end of the records; null is all of it. */
  readonly historyMs: number | null;
  /** The end of the records; null where it is not known. */
  readonly recordedUntilMs: number | null;
}

/** The rule that joined an encounter to the stay before it. */
export type JoinRule = 'first' | 'overlap' | 'any-gap' | 'transfer-type' | 'other-hospital' | 'same-condition';
export type AcuteSource =
  'emergency-encounter' | 'admission-type' | 'admission-priority' | 'admit-source' | 'acute-reason' | 'not-elective-type';
export type PlannedRule =
  | 'always-planned-procedure'
  | 'cancer-treatment'
  | 'rehabilitation'
  | 'potentially-planned-procedure'
  | 'elective-by-type'
  | 'elective-by-priority'
  | 'detoxification-programme'
  | 'sterilisation';

/** One uninterrupted time in acute inpatient care. */
export interface Stay {
  /** The stay's first encounter. */
  readonly stayId: string;
  /** Its encounters, in order of start. */
  readonly encounterIds: readonly string[];
  readonly joinedBy: readonly JoinRule[];
  /** The encounter the patient is discharged from: the discharge's and index discharge's id. */
  readonly dischargeEncounterId: string;
  readonly admitMs: number;
  readonly admitYmd: number;
  /** null while an encounter of the stay is open. */
  readonly dischargeMs: number | null;
  readonly dischargeYmd: number | null;
  readonly endBeforeStart: boolean;
  /** Different hospitals that are known. */
  readonly providers: number;
  readonly dischargeProvider: string | null;
  readonly disposition: Disposition | null;
  readonly admitTypeCode: string | null;
  /** The first reason that is coded. */
  readonly reasonCode: string | null;
  readonly reasonSystem: string | null;
  readonly emergencyEncounterId: string | null;
  readonly acuteSource: AcuteSource | null;
  readonly plannedRule: PlannedRule | null;
  readonly intensiveCare: boolean;
  readonly operation: boolean;
  readonly sleepStudy: boolean;
  readonly rehabilitation: boolean;
  readonly psychiatric: boolean;
  readonly detoxification: boolean;
  readonly medicalCancerTreatment: boolean;
}
