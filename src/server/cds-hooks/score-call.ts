/**
 * Which stay a call is about, at what time, and whether there is anything to say of it.
 *
 * Choice  the prediction time is the end of the encounter where it has one, and now where it is open
 * Choice  without an encounter in context it is the latest inpatient stay, while it is open or its horizon is not over: the risk of a
 *         stay of years ago would be read as one of today
 */
import { ScoringError } from '../../errors.ts';
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { ServedModel } from '../model-source.ts';
import type { Records } from './records.ts';
import { recordTypes } from './services.ts';
import type { CdsRequest } from './standard.ts';

const dayMs = 86_400_000;

/**
 * @param signal  fires when nobody waits any more
 * @returns       null where the patient has no stay that the model is for
 * @throws {ScoringError} for records that cannot be read
 */
export async function scoreCall(
  { hook, context }: CdsRequest,
  { bundle, encounter: named }: Records,
  scorer: ServedModel['scorer'],
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<ScoreAnswer | null> {
  const now = new Date(nowMs).toISOString();
  const encounter = context.encounterId ?? (await scorer.lastInpatientEncounter({ bundle, asOf: now }, { signal }));
  if (encounter === null) return null;
  const id = encounter.replace(/^Encounter\//, '');
  const resource =
    named ??
    bundle.entry.find((entry) => entry.resource['resourceType'] === 'Encounter' && entry.resource['id'] === id)?.resource;
  const asOf = hasEnded(resource, nowMs) ? {} : { asOf: now };
  try {
    const covers = { types: [...recordTypes], from: null };
    const answer = await scorer.scoreBundle({ bundle, encounter, covers, ...asOf }, { signal });
    const isOver = answer.asOf !== null && nowMs > Date.parse(answer.asOf) + answer.horizonDays * dayMs;
    return context.encounterId === undefined && isOver ? null : answer;
  } catch (error) {
    if (!(error instanceof ScoringError)) throw error;
    // Of an admission that lies ahead there is nothing to say yet.
    const isAhead = error.code === 'SCORING_AS_OF' && hook === 'patient-view';
    if (error.code === 'SCORING_NOT_ELIGIBLE' || isAhead) return null;
    throw error;
  }
}

function hasEnded(encounter: Readonly<Record<string, unknown>> | undefined, nowMs: number): boolean {
  const end = (encounter?.['period'] as { readonly end?: unknown } | null | undefined)?.end;
  return typeof end === 'string' && Date.parse(end) <= nowMs;
}
