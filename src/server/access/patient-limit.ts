/**
 * Tokens that were given for one patient: they open no other's record, and nothing about many, whichever route is asked.
 */
import { RequestRefusal } from '../operation-outcome.ts';
import type { Principal } from './principal.ts';

/** @throws {RequestRefusal} SERVER_FORBIDDEN where a patient is another. @param patients  `Patient/id`, of everyone the answer tells about */
export function requireOwnPatient(principal: Principal | null, patients: readonly string[]): void {
  const only = principal?.patient ?? null;
  if (only === null || patients.every((patient) => patient === only)) return;
  throw new RequestRefusal('SERVER_FORBIDDEN', 'expected the patient that the token was given for, found another');
}

/** @throws {RequestRefusal} SERVER_FORBIDDEN: what is asked is about many patients */
export function requireEveryPatient(principal: Principal | null): void {
  if ((principal?.patient ?? null) === null) return;
  throw new RequestRefusal(
    'SERVER_FORBIDDEN',
    'expected a token for every patient, found one that was given for a single patient',
  );
}
