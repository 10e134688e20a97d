/**
 * The codes on a card: what it is about, and why a clinician may set it aside.
 *
 * Choice  reasons that can be acted upon by who runs the model (records wrong, does not fit), by who runs the ward (arranged, other team)
 *         and by nobody (declined, comfort care) are kept apart: the report of overrides is read for that
 * Choice  codes are never changed in meaning; what is no longer wanted stays readable in feedback that was given before
 */
import { canonical, outside } from '../fhir/canonical.ts';
import type { Coding } from './standard.ts';

export const topicSystem = canonical('CodeSystem', 'cds-topic');
export const overrideReasonSystem = canonical('CodeSystem', 'cds-override-reason');

export const topic = {
  system: topicSystem,
  code: 'readmission-risk',
  display: 'Risk of an unplanned return to hospital',
} as const;

/** Code to words. */
export const overrideReasons = {
  arranged: 'Follow-up is arranged already',
  'not-now': 'The patient is not leaving yet',
  'planned-return': 'The return to hospital is planned',
  'comfort-care': 'Comfort or hospice care is the goal',
  declined: 'The patient does not want it',
  'records-wrong': 'The records behind the risk are wrong or incomplete',
  'does-not-fit': 'The risk does not fit what I see in this patient',
  'other-team': 'Another team is responsible',
  'no-capacity': 'The follow-up is not available here',
} as const;

export const overrideCodings: readonly Coding[] = Object.entries(overrideReasons).map(([code, display]) => ({
  system: overrideReasonSystem,
  code,
  display,
}));

/** What a suggestion asks for, in SNOMED CT. */
export const followUpCode = { system: outside.snomed, code: '390906007', display: 'Follow-up encounter' } as const;
export const telephoneCode = { system: outside.snomed, code: '185317003', display: 'Telephone encounter' } as const;
