/**
 * Who was discharged lately: inpatient encounters of a FHIR server that ended within some days.
 *
 * In      a number of days up to a last day; without one, up to the day of the newest discharge the server has
 * Out     patient, encounter and its times, newest first; which days were looked at; whether a limit left some out
 * Time    whole days in UTC, both ends inclusive. An end that lies ahead of now is no discharge yet
 * Choice  R4 has no search by the end of an encounter. `date=ge…&date=lt…` finds what overlaps the days, a superset, of which the ends are
 *         looked at here
 * Choice  class and end are looked at here too: a server that ignores a parameter finds more than was asked for, and nothing says so
 * Choice  the newest discharge is sought from the encounters that began last; a server that cannot sort is asked without
 * Choice  where far more are counted than are wanted, the earlier half of the days is left unread, again and again: the newest are kept
 * Source  FHIR R4 search.html#date
 */
import { FhirError } from '../errors.ts';
import { subjectOf } from './entry-check.ts';
import type { FhirSearch, SearchPage, SearchParams } from './search.ts';
import { intervalOf } from './server/date-parameter.ts';
import { shortRead, type ShortReadOptions } from './short-read.ts';

export interface DischargeWindow {
  /** Before `until`, 0 or more. */
  readonly days: number;
  /** YYYY-MM-DD, a day of its own in the window; null takes the day of the newest discharge. */
  readonly until: string | null;
  /** Discharges at most, the newest. */
  readonly limit: number;
}

export interface Discharge {
  /** null where the encounter names no patient by a literal reference. */
  readonly patientId: string | null;
  readonly encounterId: string;
  /** As written in the record. */
  readonly period: { readonly start: string | null; readonly end: string };
  /** Epoch milliseconds of the end. */
  readonly endMs: number;
}

export interface RecentDischarges {
  /** Newest first. */
  readonly discharges: readonly Discharge[];
  /** YYYY-MM-DD, both inclusive. */
  readonly from: string;
  readonly until: string;
  /** True where the limit left earlier ones out. */
  readonly cut: boolean;
}

export interface DischargeReaderOptions extends ShortReadOptions {
  /** Class codes of inpatient encounters; IMP, ACUTE and NONAC of HL7. */
  readonly inpatientClasses?: readonly string[] | undefined;
}

const dayMs = 86_400_000;
const standardClasses: readonly string[] = ['IMP', 'ACUTE', 'NONAC'];
/** What the status says never took place. */
const notTaken = new Set(['planned', 'cancelled', 'entered-in-error']);
const newestPage = 50;
const newestTries = 5;

/**
 * @throws {FhirError} FHIR_OPTION for a window of another form; what ./short-read.ts throws
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchRecentDischarges(
  options: DischargeReaderOptions & DischargeWindow & { readonly signal?: AbortSignal | undefined },
): Promise<RecentDischarges> {
  const { days, limit } = options;
  const untilMs = options.until === null ? null : dayStart(options.until);
  if (!Number.isInteger(days) || days < 0 || !Number.isInteger(limit) || limit < 1) throw badWindow();
  const scope: Scope = { classes: options.inpatientClasses ?? standardClasses, nowMs: (options.now ?? Date.now)() };
  return shortRead(options, 'the discharges', async ({ search, all }) => {
    const lastDayMs = untilMs ?? startOfDay((await newestEnd(search, scope)) ?? scope.nowMs);
    const asked = { fromMs: lastDayMs - days * dayMs, endMs: lastDayMs + dayMs };
    const window = await narrowed(search, scope, asked, 4 * limit + 1000);
    const encounters = await all('Encounter', windowParams(scope, window));
    const found = encounters
      .flatMap((encounter) => dischargeOf(encounter, scope) ?? [])
      .filter(({ endMs }) => endMs >= window.fromMs && endMs < window.endMs)
      .sort((a, b) => b.endMs - a.endMs || (a.encounterId < b.encounterId ? -1 : 1));
    return {
      discharges: found.slice(0, limit),
      from: dayOf(window.fromMs),
      until: dayOf(lastDayMs),
      cut: window.cut || found.length > limit,
    };
  });
}

/** What an encounter must be to be looked at. */
interface Scope {
  /** Codes, or `system|code`. */
  readonly classes: readonly string[];
  /** Epoch milliseconds; an end that lies ahead is no discharge yet. */
  readonly nowMs: number;
}

interface Window {
  readonly fromMs: number;
  /** Excluded. */
  readonly endMs: number;
}

function windowParams({ classes }: Scope, { fromMs, endMs }: Window): SearchParams {
  return { class: classes.join(','), date: [`ge${new Date(fromMs).toISOString()}`, `lt${new Date(endMs).toISOString()}`] };
}

/** The later part of the window, in whole days, that holds no more encounters than are worth reading. */
async function narrowed(
  search: FhirSearch,
  scope: Scope,
  { fromMs, endMs }: Window,
  most: number,
): Promise<Window & { readonly cut: boolean }> {
  let cut = false;
  for (;;) {
    const count = await search.count('Encounter', windowParams(scope, { fromMs, endMs }));
    const days = Math.round((endMs - fromMs) / dayMs);
    if (count === undefined || count <= most || days <= 1) return { fromMs, endMs, cut };
    fromMs = endMs - Math.floor(days / 2) * dayMs;
    cut = true;
  }
}

/** Epoch milliseconds of the latest end up to now; undefined where no encounter of these classes has ended. */
async function newestEnd(search: FhirSearch, scope: Scope): Promise<number | undefined> {
  const until = `le${new Date(scope.nowMs).toISOString()}`;
  const began: SearchParams = { class: scope.classes.join(','), date: until };
  // Of a full hospital the patients admitted last are still there: the finished ones are asked for first.
  for (const params of [{ ...began, status: 'finished' }, began]) {
    const first = latest(await sortedPage(search, params), scope);
    if (first === undefined) continue;
    let newest = first;
    // An encounter that began earlier may have ended later. Whatever ended at or after the newest end known is asked for until nothing is new.
    for (let tries = 0; tries < newestTries; tries += 1) {
      const later = await sortedPage(search, { ...params, date: [`ge${new Date(newest).toISOString()}`, until] });
      const found = latest(later, scope) ?? newest;
      if (found <= newest) break;
      newest = found;
    }
    return newest;
  }
  return undefined;
}

async function sortedPage(search: FhirSearch, params: SearchParams): Promise<SearchPage> {
  try {
    return await search.first('Encounter', { ...params, _sort: '-date' }, newestPage);
  } catch (error) {
    if (!(error instanceof FhirError) || error.code !== 'FHIR_REFUSED') throw error;
    return search.first('Encounter', params, newestPage);
  }
}

function latest(page: SearchPage, scope: Scope): number | undefined {
  const ends = page.entries.flatMap(({ resource }) => dischargeOf(resource, scope) ?? []).map(({ endMs }) => endMs);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** null where the encounter is of another class, did not take place or has not ended. */
function dischargeOf(resource: unknown, { classes, nowMs }: Scope): Discharge | null {
  const encounter = objectOf(resource);
  const { resourceType, id, status } = encounter;
  const { start, end } = objectOf(encounter['period']);
  if (resourceType !== 'Encounter' || typeof id !== 'string' || typeof end !== 'string' || notTaken.has(String(status)))
    return null;
  const { code } = objectOf(encounter['class']);
  if (!classes.some((each) => each.split('|').at(-1) === code)) return null;
  const endMs = intervalOf(end)?.low;
  if (endMs === undefined || endMs > nowMs) return null;
  return {
    patientId: subjectOf(encounter),
    encounterId: id,
    period: { start: typeof start === 'string' ? start : null, end },
    endMs,
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
}

function startOfDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function dayStart(day: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(day) ? intervalOf(day)?.low : undefined;
  if (ms === undefined) throw badWindow();
  return ms;
}

function badWindow(): FhirError {
  return new FhirError(
    'FHIR_OPTION',
    'discharges: expected whole days, a calendar day YYYY-MM-DD and a limit above 0, found others',
  );
}
