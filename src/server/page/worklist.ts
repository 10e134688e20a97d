/**
 * The worklist: everyone who was discharged within some days, highest risk first, and an account of everyone who is not on it.
 *
 * In      discharges of the source; the records of each patient, fetched once however many discharges
 * Out     entries; counts of encounters that got no entry, by rule and by error. Nothing is left out silently: found is the sum of all three
 * Choice  a stay is one entry, however many encounters it was recorded as: an encounter is read with all that is known today, so that the scorer
 *         sees the stay as training did and scores its end. An encounter whose stay has an entry already counts under the rule
 *         "part-of-stay", one whose stay ended after these days under "stay-goes-on"
 * Choice  who has died since is not on a list that people are called from, and counts under "died-since"
 * Choice  an encounter that cannot be scored does not take the others with it: it counts under its error code
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CancelledError, ReadmissionError } from '../../errors.ts';
import type { Discharge, DischargeWindow, RecentDischarges } from '../../fhir/recent-discharges.ts';
import { cautionOf, type BundleRequest, type ScoreAnswer } from '../../scoring/index.ts';
import type { ServedModel } from '../model-source.ts';
import type { FetchBundle, FetchDischarges } from '../server-context.ts';
import { isDead, personOf, resourcesByKey } from './bundle-records.ts';
import type { Person, Worklist, WorklistEntry } from './page-answers.ts';
import type { WorkRun } from './shared-work.ts';
import { codeOf } from '../operation-outcome.ts';

export interface WorklistSource {
  readonly kind: Worklist['source'];
  readonly fetchBundle: FetchBundle;
  readonly fetchDischarges: FetchDischarges;
}

export interface WorklistTask {
  /** Kept from the first score to the last. */
  readonly model: ServedModel;
  readonly source: WorklistSource;
  readonly window: DischargeWindow;
  /** Epoch milliseconds: what was recorded by now is known. */
  readonly nowMs: number;
  /** Told every score as it is made. */
  readonly onScore: (answer: ScoreAnswer) => void;
  /** Told every error that keeps an encounter off the list, beside a stay that is not eligible. */
  readonly onFailure: (error: unknown) => void;
}

/** Patients read and scored at once; each has several searches under way. */
const patientsAtOnce = 4;
const reasonsTold = 3;

/** Beside those of the cohort. */
const listRules = {
  'part-of-stay': 'its stay is listed by a later encounter, or by another one that is part of it',
  'stay-goes-on': 'its stay goes on in an encounter that ended after these days, or has not ended',
  'died-since': 'the patient has died since the discharge',
} as const;

/** @throws {CancelledError} when the run's signal fires; what the source throws where the discharges cannot be had */
export async function makeWorklist(task: WorklistTask, { signal, onProgress }: WorkRun): Promise<Worklist> {
  const { model, source, window } = task;
  const found = await source.fetchDischarges(window, signal);
  const account = new Account(found);
  let done = 0;
  onProgress({ done, of: found.discharges.length });
  const queue = [...groupedByPatient(found.discharges)];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [patientId, discharges] = next;
      await scorePatient(task, patientId, discharges, account, signal);
      if (signal.aborted) throw new CancelledError('making the worklist');
      onProgress({ done: (done += discharges.length), of: found.discharges.length });
    }
  };
  await Promise.all(Array.from({ length: patientsAtOnce }, worker));
  const { header } = model.scorer.model;
  return {
    ...account.told(),
    from: found.from,
    until: found.until,
    found: found.discharges.length,
    cut: found.cut,
    source: source.kind,
    baseRate: header.baseRate,
    model: {
      name: header.name,
      sha256: model.scorer.modelSha256,
      codeVersion: header.codeVersion,
      synthetic: header.training.synthetic,
    },
    caution: cautionOf(header),
  };
}

function groupedByPatient(discharges: readonly Discharge[]): Map<string | null, Discharge[]> {
  const groups = new Map<string | null, Discharge[]>();
  for (const discharge of discharges) {
    const group = groups.get(discharge.patientId);
    if (group === undefined) groups.set(discharge.patientId, [discharge]);
    else group.push(discharge);
  }
  return groups;
}

async function scorePatient(
  { model, source, nowMs, onScore, onFailure }: WorklistTask,
  patientId: string | null,
  discharges: readonly Discharge[],
  account: Account,
  signal: AbortSignal,
): Promise<void> {
  if (patientId === null) return account.failed('SCORING_BUNDLE_PATIENT', discharges.length);
  let records: Awaited<ReturnType<FetchBundle>>;
  try {
    records = await source.fetchBundle(patientId, signal);
  } catch (error) {
    if (signal.aborted) throw new CancelledError('making the worklist');
    onFailure(error);
    return account.failed(codeOf(error), discharges.length);
  }
  const resources = resourcesByKey(records.bundle);
  const person = personOf(resources, patientId);
  const hasDied = isDead(resources.get(`Patient/${patientId}`), nowMs);
  for (const { encounterId } of discharges) {
    try {
      const request: BundleRequest = {
        bundle: records.bundle,
        encounter: encounterId,
        asOf: new Date(nowMs).toISOString(),
        covers: { types: [...records.types], from: null },
        explain: true,
      };
      const answer = await onceThereIsRoom(() => model.scorer.scoreBundle(request, { signal, background: true }), signal);
      if (hasDied) account.died();
      else {
        onScore(answer);
        account.scored(encounterId, person, answer);
      }
    } catch (error) {
      if (signal.aborted) throw new CancelledError('making the worklist');
      if (!account.refused(error)) onFailure(error);
    }
  }
}

/** Scores that somebody waits for at this moment go first; a list waits until there is room again, half a minute at most. */
async function onceThereIsRoom<T>(score: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await score();
    } catch (error) {
      if (codeOf(error) !== 'SERVER_BUSY' || tries >= 60) throw error;
      await wait(500, undefined, { signal });
    }
  }
}

/** What became of each encounter that was found. */
class Account {
  readonly #fromMs: number;
  readonly #endMs: number;
  readonly #entries = new Map<string, WorklistEntry>();
  readonly #rules = new Map<string, { readonly words: string; count: number }>();
  readonly #codes = new Map<string, number>();

  constructor({ from, until }: RecentDischarges) {
    this.#fromMs = Date.parse(from);
    this.#endMs = Date.parse(until) + 86_400_000;
  }

  scored(encounterId: string, person: Person, answer: ScoreAnswer): void {
    const { stay } = answer;
    const encounter = answer.encounter ?? `Encounter/${encounterId}`;
    if (stay === null) return this.failed('SERVER_FAULT', 1);
    const dischargeMs = Date.parse(stay.discharge);
    const isOther = encounter !== `Encounter/${encounterId}`;
    if (isOther && !(dischargeMs >= this.#fromMs && dischargeMs < this.#endMs)) return this.#listRule('stay-goes-on');
    if (this.#entries.has(encounter)) return this.#listRule('part-of-stay');
    const { risk, interval, band, reasons, notCovered } = answer;
    this.#entries.set(encounter, {
      person,
      encounter,
      admission: stay.admission,
      discharge: stay.discharge,
      reason: stay.reason,
      risk,
      interval: interval === null ? null : { low: interval.low, high: interval.high, level: interval.level },
      band,
      reasons: reasons.slice(0, reasonsTold).map(({ words, direction }) => ({ words, direction })),
      notCovered: notCovered.length,
    });
  }

  died(): void {
    this.#listRule('died-since');
  }

  /** @returns  whether the stay is one that gets no risk by a rule */
  refused(error: unknown): boolean {
    const rule = error instanceof ReadmissionError && error.code === 'SCORING_NOT_ELIGIBLE' ? error.details['rule'] : undefined;
    if (typeof rule === 'string') this.#rule(rule, String((error as ReadmissionError).details['words'] ?? rule));
    else this.failed(codeOf(error), 1);
    return typeof rule === 'string';
  }

  failed(code: string, count: number): void {
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + count);
  }

  told(): Pick<Worklist, 'entries' | 'notEligible' | 'failed'> {
    return {
      entries: [...this.#entries.values()].sort(
        (a, b) =>
          b.risk - a.risk || (a.discharge === b.discharge ? order(a.encounter, b.encounter) : order(b.discharge, a.discharge)),
      ),
      notEligible: [...this.#rules].map(([rule, { words, count }]) => ({ rule, words, count })).sort(byCount),
      failed: [...this.#codes].map(([code, count]) => ({ code, count })).sort(byCount),
    };
  }

  #listRule(rule: keyof typeof listRules): void {
    this.#rule(rule, listRules[rule]);
  }

  #rule(rule: string, words: string): void {
    const known = this.#rules.get(rule);
    if (known === undefined) this.#rules.set(rule, { words, count: 1 });
    else known.count += 1;
  }
}

function byCount(a: { readonly count: number }, b: { readonly count: number }): number {
  return b.count - a.count;
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}
