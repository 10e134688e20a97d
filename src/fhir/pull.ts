/**
 * Pull: the records of chosen patients, from a FHIR server into a landing folder, nothing lost and nothing twice.
 *
 * In      a server, a choice of patients and types (./pull-options.ts)
 * Out     OUT/Type.ndjson per type, OUT/quarantine.ndjson, OUT/manifest.json written last; the accounting
 * Choice  patients first, then every other type in searches of a few patients each: small enough to stay under silent caps, to be
 *         counted, and to be read again when something breaks
 * Choice  every page is on disk before the next is asked for; a killed pull goes on where it was, with the same command
 * Choice  transactionTime is the server's clock at the first answer: what was recorded later may be missing
 */
import { CancelledError, FhirError } from '../errors.ts';
import { finishPull, type PullReport } from './finish.ts';
import { selectPatients } from './patients.ts';
import { pullSlice, type PullContext } from './pull-slice.ts';
import { planPull, type PullOptions, type PullPlan } from './pull-options.ts';
import { createSearch, type FhirSearch } from './search.ts';
import type { Slice } from './slice.ts';
import { createTransport } from './transport.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/**
 * @returns the accounting and the manifest that was written
 * @throws {FhirError} FHIR_INCOMPLETE when fewer resources came than were counted (unless `allowPartial`); FHIR_UNAVAILABLE when the
 *         server did not answer (resumable); FHIR_BUSY, FHIR_FINISHED, FHIR_RESUME_MISMATCH for the folder; FHIR_CROSS_ORIGIN and
 *         the like when a server leads elsewhere; FHIR_DISK
 * @throws {CancelledError} when `signal` fires; resumable
 * @example await pull({ server: 'https://hapi.fhir.org/baseR4', out: 'data' })
 */
export async function pull(options: PullOptions): Promise<PullReport> {
  const plan = planPull(options);
  const workspace = await openWorkspace(options.out, plan.query, options.force ?? false).catch(asDiskError);
  // One failed search ends the others: what they committed stays.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const transport = createTransport({
    base: plan.base,
    token: options.token,
    parallel: plan.parallel,
    timeoutMs: options.timeoutMs,
    maxBytes: options.maxPageBytes,
    retry: { ...options.retry, ...(options.maxWaitMs === undefined ? {} : { maxWaitMs: options.maxWaitMs }) },
    signal,
    now: plan.now,
    sleep: options.sleep,
    ca: options.ca,
    lookup: options.lookup,
  });
  const fhirSearch = createSearch(plan.base, transport, { rewriteOrigin: options.rewriteOrigin ?? false });
  const search = withClock(fhirSearch, workspace, () => transport.stats.serverMs ?? plan.now());
  const allowPartial = options.allowPartial ?? false;
  const context: PullContext = { plan, search, workspace, allowPartial };
  try {
    if (workspace.journal.state.finished === null) {
      const patients = await selectPatients(context);
      await pullSlices(context, patients, stop);
    }
    return await finishPull(context, options.out, transport.stats);
  } catch (error) {
    if (options.signal?.aborted === true && !(error instanceof CancelledError)) throw new CancelledError('pull');
    return asDiskError(error);
  } finally {
    transport.close();
    await workspace.close();
  }
}

/** All types of all patients, `parallel` slices at a time. */
async function pullSlices(context: PullContext, patients: readonly string[], stop: AbortController): Promise<void> {
  const { plan } = context;
  const known = new Set(patients);
  const slices = rootSlices(plan, patients);
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let slice = slices[next]; slice !== undefined; slice = slices[next]) {
      next += 1;
      await pullSlice(context, slice, patients, known);
      done += 1;
      plan.onProgress({ task: 'searches', done, total: slices.length });
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: plan.parallel }, () =>
      worker().catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  // The others were cancelled by us; the error that began it is the one to tell.
  if (errors.length > 0) throw errors.find((error) => !(error instanceof CancelledError)) ?? errors[0];
}

function rootSlices(plan: PullPlan, patients: readonly string[]): Slice[] {
  const types = plan.inpatient ? ['Patient', ...plan.types] : plan.types;
  const chunks = Math.ceil(patients.length / plan.patientsPerQuery);
  return Array.from({ length: chunks }, (_, chunk) => {
    const from = chunk * plan.patientsPerQuery;
    const range = [from, Math.min(from + plan.patientsPerQuery, patients.length)] as const;
    return types.map((type) => ({ key: `${type}/${chunk}`, type, patients: range, window: null }));
  }).flat();
}

/** Notes the server's clock once, at the first answer of the pull. */
function withClock(search: FhirSearch, workspace: Workspace, clock: () => number): FhirSearch {
  const { journal } = workspace;
  const noted = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    if (journal.state.clockMs === null) await journal.append({ kind: 'clock', at: clock() });
    return value;
  };
  return {
    count: (type, params) => noted(search.count(type, params)),
    first: (type, params, size) => noted(search.first(type, params, size)),
    next: (url) => noted(search.next(url)),
  };
}

/** Errors of the disk under one code; all others as they are. */
function asDiskError(error: unknown): never {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const isDisk = syscall !== undefined && code !== undefined && !(error instanceof FhirError);
  if (!isDisk) throw error;
  const message = `expected to write the landing folder, found ${code} on ${syscall}; free or mend the disk and run the same command again`;
  throw new FhirError('FHIR_DISK', message, { details: { code }, cause: error });
}
