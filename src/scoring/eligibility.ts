/**
 * Who gets no number: the rules by which a stay is no index discharge, and the refusal that names one.
 *
 * Choice  the rules are those of the cohort, in its words; one is added: an encounter that is part of no acute stay
 */
import { readCohortRules } from '../cohort/index.ts';
import { ScoringError } from '../errors.ts';

export interface EligibilityRule {
  readonly id: string;
  readonly words: string;
}

const notInpatient: EligibilityRule = {
  id: 'not-inpatient',
  words: 'it is part of no acute inpatient stay that had begun at the prediction time',
};

/** Every rule a refusal can name. */
export function eligibilityRules(): EligibilityRule[] {
  const rules = readCohortRules().rules.filter(({ kind }) => kind === 'index');
  return [notInpatient, ...rules.map(({ id, title }) => ({ id, words: title }))];
}

/** @param encounter  `Encounter/id` */
export function notEligible(encounter: string, rule: string): ScoringError {
  const { words } = eligibilityRules().find(({ id }) => id === rule) ?? notInpatient;
  return new ScoringError(
    'SCORING_NOT_ELIGIBLE',
    `no risk is given for ${encounter}: its stay is no index discharge by rule "${rule}": ${words}`,
    { details: { encounter, rule, words } },
  );
}
