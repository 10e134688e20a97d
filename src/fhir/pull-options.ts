/**
 * What can be asked of a pull, checked before the first request, with every default in one place.
 */
import { FhirError } from '../errors.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import type { Lookup } from './address-guard.ts';
import { parseFhirBase, type FhirBase } from './origin.ts';
import type { RetryPolicy } from './retry.ts';
import type { SearchParams } from './search.ts';
import type { TokenSource } from './transport.ts';

export interface PullOptions {
  /** Address of a FHIR R4 server, for example https://hapi.fhir.org/baseR4 */
  readonly server: string;
  /** Landing folder to make; empty or unfinished. */
  readonly out: string;
  /** Which patients: a Patient query; by default those that carry the identifier of Synthea. */
  readonly patients?: string | undefined;
  /** Find patients by their inpatient encounters (Encounter?class=IMP) instead. */
  readonly inpatient?: boolean | undefined;
  /** Types beside Patient; Encounter, Condition, Observation, Procedure and MedicationRequest. */
  readonly types?: readonly string[] | undefined;
  /** Only Observations with one of these codes, each `code` or `system|code`. */
  readonly observationCodes?: readonly string[] | undefined;
  /** Gives the bearer token; called again with a token the server refused. */
  readonly token?: TokenSource | undefined;
  /** Requests at once, 1 to 16; 4. */
  readonly parallel?: number | undefined;
  /** Entries asked for per page, 1 to 10,000; 1,000. A server may give fewer. */
  readonly pageSize?: number | undefined;
  /** Patients per search, 1 to 500; 25. */
  readonly patientsPerQuery?: number | undefined;
  /** Longest silence of the server, milliseconds; 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Longest wait a server may ask for, milliseconds; 300,000. */
  readonly maxWaitMs?: number | undefined;
  /** Largest page, bytes; 64 MiB. */
  readonly maxPageBytes?: number | undefined;
  /** Accept fewer resources than the server counts. */
  readonly allowPartial?: boolean | undefined;
  /** Keep path and query of next links and put the configured host before them. */
  readonly rewriteOrigin?: boolean | undefined;
  /** Accept http to another machine; never with a token. */
  readonly allowHttp?: boolean | undefined;
  /** Stop after this many patients, in the server's order. */
  readonly maxPatients?: number | undefined;
  /** Whether the records are of no real person; by default true when the patient query names Synthea. */
  readonly synthetic?: boolean | undefined;
  /**
   * The source keeps a patient's record complete only for this many years before the earlier of death and now, as Synthea's exporter
   * does (10); written into the manifest's coverage.
   */
  readonly historyYears?: number | undefined;
  /** Pull again into a folder that holds a finished one. */
  readonly force?: boolean | undefined;
  /** Compress the data files. */
  readonly gzip?: boolean | undefined;
  /** Trusted certificate authorities, PEM, instead of the system's. */
  readonly ca?: string | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly lookup?: Lookup | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

export interface PullPlan {
  readonly base: FhirBase;
  readonly types: readonly string[];
  /** The patient query as parameters; of Encounter when `inpatient`. */
  readonly patientParams: SearchParams;
  readonly inpatient: boolean;
  readonly observationCodes: readonly string[] | null;
  readonly parallel: number;
  readonly pageSize: number;
  readonly patientsPerQuery: number;
  readonly maxPatients: number | undefined;
  readonly synthetic: boolean;
  readonly historyYears: number | undefined;
  readonly gzip: boolean;
  readonly onProgress: OnProgress;
  readonly now: () => number;
  /** What makes two pulls the same pull, as text; compared on resumption. */
  readonly query: Readonly<Record<string, string>>;
}

export const syntheaIdentifierSystem = 'https://github.com/synthetichealth/synthea';
const defaultPatients = `identifier=${syntheaIdentifierSystem}|`;
/** What is read beside Patient unless something else is asked for. */
export const defaultTypes: readonly string[] = ['Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'];

/** @throws {FhirError} FHIR_OPTION, FHIR_BASE_URL, FHIR_INSECURE */
export function planPull(options: PullOptions): PullPlan {
  const base = parseFhirBase(options.server, { allowHttp: options.allowHttp ?? false });
  const inpatient = options.inpatient ?? false;
  if (inpatient && options.patients !== undefined) throw badOption('patients', 'no patient query beside the inpatient option');
  const types = [...new Set(options.types ?? defaultTypes)].filter((type) => type !== 'Patient');
  for (const type of types) if (!/^[A-Z][A-Za-z]{1,63}$/.test(type)) throw badOption('types', 'names of resource types');
  const observationCodes = options.observationCodes ?? null;
  for (const code of observationCodes ?? []) {
    if (!/^[^\s,$\\]+$/.test(code)) throw badOption('observationCodes', 'codes as code or system|code');
  }
  const patientsPerQuery = whole('patientsPerQuery', options.patientsPerQuery ?? 25, 1, 500);
  const maxPatients = options.maxPatients === undefined ? undefined : whole('maxPatients', options.maxPatients, 1, 1e9);
  const patients = (options.patients ?? defaultPatients).replace(/^\/?Patient\?/, '');
  const gzip = options.gzip ?? false;
  return {
    base,
    types,
    patientParams: inpatient ? { class: 'IMP' } : parseQuery(patients),
    inpatient,
    observationCodes,
    parallel: whole('parallel', options.parallel ?? 4, 1, 16),
    pageSize: whole('pageSize', options.pageSize ?? 1000, 1, 10_000),
    patientsPerQuery,
    maxPatients,
    synthetic: options.synthetic ?? (!inpatient && patients.includes(syntheaIdentifierSystem)),
    historyYears: options.historyYears === undefined ? undefined : whole('historyYears', options.historyYears, 1, 150),
    gzip,
    onProgress: options.onProgress ?? silent,
    now: options.now ?? Date.now,
    query: {
      server: base.text,
      patients: inpatient ? 'Encounter?class=IMP' : patients,
      types: types.toSorted().join(','),
      observationCodes: observationCodes?.toSorted().join(',') ?? '',
      patientsPerQuery: String(patientsPerQuery),
      maxPatients: String(maxPatients ?? ''),
    },
  };
}

/** Parameters of a Patient query; the ones that paging and counting use are ours. */
function parseQuery(text: string): SearchParams {
  const params: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    if (!/^[A-Za-z_][\w.:-]*$/.test(key) || value === '' || Object.hasOwn(Object.prototype, key)) {
      throw badOption('patients', 'a Patient query such as "gender=female&birthdate=lt1950"');
    }
    if (/^_(count|summary|elements|format|total|sort|include|revinclude|contained|offset|lastUpdated)\b/.test(key)) {
      throw badOption('patients', 'a query without result parameters, which a pull sets itself');
    }
    const known = params[key];
    params[key] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return params;
}

function whole(name: string, value: number, low: number, high: number): number {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw badOption(name, `a whole number from ${low} to ${high}`);
}

function badOption(name: string, expected: string): FhirError {
  return new FhirError('FHIR_OPTION', `${name}: expected ${expected}, found other text; change the option`, {
    details: { option: name },
  });
}
