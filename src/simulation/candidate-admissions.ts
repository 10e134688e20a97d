/**
 * Candidate admissions: month by month, whether a patient falls acutely ill, when in the month and of what.
 *
 * In      the months in which the patient's record is complete; hazards per year at the start of each month, by what is known then
 * Out     candidates in order of time, each decided only when it is asked for, so that conditions planted earlier count
 * Choice  chance of at least one admission in a month: 1 - exp(-hazard / 12); of several the first would count, so one is drawn
 * Choice  three numbers are drawn for every month, whether needed or not: a change in one month leaves the others alone
 */
import type { RandomStream } from '../util/random.ts';
import { pickCause, type AdmissionModel } from './admissions.ts';
import { dayMs, utcYmd } from './record-time.ts';
import type { PatientFacts } from './facts.ts';

export interface Candidate {
  readonly startMs: number;
  readonly cause: string;
}

const monthMs = 30.4375 * dayMs;

/**
 * @param fromMs  first instant at which an admission can begin
 * @param toMs    no month that begins from here on is tried
 * @param stream  the patient's own
 * @returns       the next candidate at each call, by the facts as they stand; null after the last month
 */
export function createCandidates(
  model: AdmissionModel,
  fromMs: number,
  toMs: number,
  stream: RandomStream,
): (facts: PatientFacts) => Candidate | null {
  let month = fromMs;
  let known: PatientFacts | null = null;
  let onsets = new Map<string, number>() as ReturnType<AdmissionModel['onsets']>;
  let summed: Float64Array | null = null;
  let hazard = 0;
  return (facts) => {
    if (facts !== known) {
      onsets = model.onsets(facts);
      known = facts;
    }
    while (month < toMs) {
      const start = month;
      month += monthMs;
      const [ill, when, what] = [stream.uniform(), stream.uniform(), stream.uniform()];
      const hazards = model.hazards(ageAt(facts, start), facts.sex === 'male', onsets, start);
      if (hazards !== summed) {
        hazard = hazards.reduce((sum, h) => sum + h, 0);
        summed = hazards;
      }
      if (ill < -Math.expm1(-hazard / 12)) {
        // To the second, as records are written.
        const startMs = Math.floor((start + when * monthMs) / 1000) * 1000;
        return { startMs, cause: pickCause(model.causes, hazards, what) };
      }
    }
    return null;
  };
}

/** Whole years at an instant; -1 where the birth date is not known. */
export function ageAt(facts: PatientFacts, atMs: number): number {
  return facts.birth === null ? -1 : Math.floor((utcYmd(atMs) - facts.birth.ymd) / 1e4);
}
