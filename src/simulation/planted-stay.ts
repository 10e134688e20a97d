/**
 * A planted stay: one hospital stay that was not in the source, as FHIR R4 resources that any server accepts.
 *
 * In      who, when, what for, how severe; what the records say of the person by then; a stream of random numbers
 * Out     emergency visit, inpatient stay, conditions, values, procedures and discharge drugs, each tagged (./planted-resource.ts)
 * Time    discharge is between 10 and 18 o'clock local time, 14 h after admission or later; everything is recorded by the discharge, so that all of
 *         it is known at the prediction time
 * Choice  the same seed, patient, key and stream give the same bytes; nothing after the end of the records is written, and a stay that has
 *         not ended by then stays open
 * Choice  a severe stay is longer, more often in intensive care and more often ends in a nursing facility; a return is 10 % longer than a first stay
 */
import { SimulationError } from '../errors.ts';
import type { RandomStream } from '../util/random.ts';
import { readCauses, type Cause } from './causes.ts';
import { drawCourse, readCourseAnalytes, type PatientContext } from './clinical-course.ts';
import { patientStream } from './patient-stream.ts';
import { between, logistic, normal } from './planted-chance.ts';
import { conditionsOf } from './planted-conditions.ts';
import { encountersOf, hospitalReferences, type Disposition } from './planted-encounters.ts';
import { idSequence } from './planted-id.ts';
import { observationWriter } from './planted-observations.ts';
import type { PlantedResource, StayPlan } from './planted-resource.ts';
import { hourMs, localMidnight, minuteMs, timeWriter, wholeSecond } from './planted-time.ts';
import { dayMs } from './record-time.ts';
import { dischargeDrugsOf, proceduresOf } from './planted-treatment.ts';

export interface StayRequest {
  /** `Patient/x`. */
  readonly patientId: string;
  /** Names this stay among the patient's planted ones; ids are made of it. */
  readonly key: string;
  /** Name of a cause of ./causes.json. */
  readonly cause: string;
  /** Admission to the ward, milliseconds since 1970 UTC; an emergency visit begins some hours earlier. */
  readonly startMs: number;
  /** Zone in which the patient's records are written: -300 for -05:00. */
  readonly utcOffsetMinutes: number;
  readonly patient: PatientContext;
  /** How ill the person is, about standard normal. */
  readonly severity: number;
  readonly isReturn: boolean;
  /** Organization as facts keep it: a reference, or the value of an identifier; null: a planted hospital. */
  readonly provider: string | null;
  /** The end of the records; null: everything is written. */
  readonly recordedUntilMs: number | null;
}

export interface PlantedStay {
  /** `Encounter/x` of the inpatient stay and of the emergency visit. */
  readonly encounterId: string;
  readonly emergencyId: string | null;
  readonly emergencyStartMs: number | null;
  readonly admitMs: number;
  /** When the stay ends, even where that is after the end of the records. */
  readonly dischargeMs: number;
  /** True where it ends after the end of the records, so that no end is written. */
  readonly open: boolean;
  readonly intensiveCare: boolean;
  readonly resources: readonly PlantedResource[];
}

export interface Planter {
  readonly causes: readonly Cause[];
  /** @throws {SimulationError} SIM_CAUSE_UNKNOWN, SIM_STAY_TIME */
  plantStay(request: StayRequest, random: RandomStream): PlantedStay;
}

/**
 * @param seed                unsigned 32-bit integer, the run's seed
 * @param organizationSystem  system of a hospital's identifier, where records name hospitals by identifier; Synthea's own
 */
export function createPlanter(seed: number, organizationSystem = 'https://github.com/synthetichealth/synthea'): Planter {
  const causes = readCauses();
  const byName = new Map(causes.map((cause) => [cause.name, cause]));
  const analytes = readCourseAnalytes();
  const observationsOf = observationWriter(analytes);
  const hospitalOf = hospitalReferences(organizationSystem);
  // A patient's stays are planted one after another, so one memory is enough.
  let known = { patientId: '', deviations: new Float64Array(0) };

  function deviationsOf(patientId: string): Float64Array {
    if (known.patientId !== patientId) {
      const own = patientStream(seed, patientId, 'clinical course');
      known = { patientId, deviations: Float64Array.from(analytes, () => normal(own)) };
    }
    return known.deviations;
  }

  return {
    causes,
    plantStay(request, random) {
      const cause = byName.get(request.cause);
      if (cause === undefined) {
        const what = `expected a cause of src/simulation/causes.json, found "${request.cause}"; one of ${[...byName.keys()].join(', ')}`;
        throw new SimulationError('SIM_CAUSE_UNKNOWN', what, { details: { cause: request.cause } });
      }
      const plan = planOf(seed, request, cause, random);
      const to = dispositionOf(plan, request, random);
      const course = drawCourse(analytes, cause, request.patient, deviationsOf(request.patientId), request.severity, random);
      const { emergency, inpatient } = plan;
      return {
        encounterId: inpatient.reference.reference as string,
        emergencyId: emergency?.reference.reference ?? null,
        emergencyStartMs: emergency?.startMs ?? null,
        admitMs: inpatient.admitMs,
        dischargeMs: inpatient.dischargeMs,
        open: inpatient.dischargeMs > plan.untilMs,
        intensiveCare: plan.intensiveCare,
        resources: [
          ...encountersOf(plan, hospitalOf(request.provider), to),
          ...conditionsOf(plan, request.patient.groups),
          ...observationsOf(plan, course),
          ...proceduresOf(plan, random),
          ...dischargeDrugsOf(plan, random),
        ],
      };
    },
  };
}

function planOf(seed: number, request: StayRequest, cause: Cause, random: RandomStream): StayPlan {
  const { severity, startMs, utcOffsetMinutes, patientId } = request;
  if (!Number.isFinite(startMs))
    throw new SimulationError('SIM_STAY_TIME', `expected the admission in milliseconds, found ${startMs}; pass startMs`);
  const admitMs = wholeSecond(startMs);
  const emergencyStartMs = wholeSecond(admitMs - between(random, 1.5, 8) * hourMs);
  const emergencyEndMs = wholeSecond(admitMs + between(random, 10, 50) * minuteMs);
  const intensiveCare =
    random.uniform() < logistic(Math.log(cause.intensiveCare / (1 - cause.intensiveCare)) + 0.6 * severity - 0.1);
  const factor = (request.isReturn ? 1.1 : 1) * (intensiveCare && cause.kind === 'acute' ? 1.4 : 1);
  const days = Math.min(45, cause.stay.medianDays * factor * Math.exp(cause.stay.logSd * normal(random) + 0.12 * severity));
  const hour = between(random, 10, 18);
  let dischargeMs = wholeSecond(localMidnight(admitMs + days * dayMs, utcOffsetMinutes) + hour * hourMs);
  while (dischargeMs < admitMs + 14 * hourMs) dischargeMs += dayMs;
  const nextId = idSequence(seed, patientId, request.key);
  const emergencyId = nextId();
  return {
    cause,
    subject: { reference: patientId },
    emergency:
      cause.kind === 'acute'
        ? { reference: { reference: `Encounter/${emergencyId}` }, startMs: emergencyStartMs, endMs: emergencyEndMs }
        : null,
    inpatient: { reference: { reference: `Encounter/${nextId()}` }, admitMs, dischargeMs },
    intensiveCare,
    untilMs: request.recordedUntilMs ?? Infinity,
    time: timeWriter(utcOffsetMinutes),
    nextId,
  };
}

function dispositionOf(plan: StayPlan, request: StayRequest, random: RandomStream): Disposition {
  const u = random.uniform();
  const burden = 0.06 * (request.patient.ageYears - 70) + 0.5 * request.severity + (plan.intensiveCare ? 0.4 : 0);
  const nursing = logistic(-1.95 + burden + (plan.cause.facilityLogOdds ?? 0));
  if (u < nursing) return 'nursing';
  return u < nursing + (1 - nursing) * logistic(-1.1 + 0.5 * burden) ? 'home-care' : 'home';
}
