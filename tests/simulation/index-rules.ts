/** The rules of a cohort definition, as the second implementation reads them. */
import type { CohortDefinition } from '../../src/cohort/index.ts';
import type { IndexRules } from '../../src/simulation/stay.ts';

const hour = 3_600_000;
const day = 24 * hour;

export function rulesOf(
  definition: CohortDefinition,
): Omit<IndexRules, 'runOutDay' | 'coveredFromMs' | 'historyMs' | 'recordedUntilMs'> {
  const { stitching, exclude, inpatientEquivalent } = definition;
  return {
    countObservation: inpatientEquivalent.observation,
    inpatientFromMs: inpatientEquivalent.fromHours === null ? Infinity : inpatientEquivalent.fromHours * hour,
    excludeNursing: exclude.nursing,
    stitchGapMs: stitching.gapHours * hour,
    stitchAnyGap: stitching.anyGap,
    stitchTransferType: stitching.transferType,
    stitchOtherHospital: stitching.otherHospital,
    stitchSameCondition: stitching.sameCondition,
    openEncounterMs: stitching.openEncounterDays * day,
    emergencyLinkMs: definition.emergencyLinkHours * hour,
    plannedByType: definition.plannedByType,
    horizonDays: definition.horizonDays,
    horizonElapsed: definition.horizonUnit === 'elapsed',
    minimumAge: definition.minimumAge,
    lookbackMs: definition.lookbackDays * day,
    excludeLookBack: exclude.lookBack,
    excludeSleepStudy: exclude.sleepStudy,
    excludeDiedInStay: exclude.diedInStay,
    excludeAgainstAdvice: exclude.againstAdvice,
    excludeTransferOut: exclude.transferOut,
    excludeRehabilitation: exclude.rehabilitation,
    excludePsychiatric: exclude.psychiatric,
    excludeDetoxification: exclude.detoxification,
    excludeCancerTreatment: exclude.cancerTreatment,
    excludeDayCase: exclude.dayCase,
  };
}
