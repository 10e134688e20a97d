/** How a study's texts tell who had the outcome. */
import { outcomeOf } from '../cohort/index.ts';
import type { Study } from './study.ts';

/** undefined for readmission itself: the words are then those of readmission. */
export function outcomeWords({ cohort }: Pick<Study, 'cohort'>): { had: string; all: string } | undefined {
  return outcomeOf(cohort.definition).name === 'unplanned-readmission' ? undefined : { had: 'with the outcome', all: 'outcomes' };
}
