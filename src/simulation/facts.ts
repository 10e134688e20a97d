/**
 * Facts: what is kept of a patient's records, and nothing that no stay or covariate reads.
 *
 * In      (types only; ./fact-reader.ts makes them from FHIR R4 resources)
 * Time    milliseconds since 1970 UTC; a partial date has a first and a last millisecond, see ./record-time.ts
 * Order   every list is sorted by its time, then by id or code, so that the order of files cannot show
 * Choice  what can never count is not a fact: refuted conditions, procedures not done, plans and proposals, values in unknown units
 */

import type { AdmitSource, Disposition, Priority } from './admission-codes.ts';

/** A FHIR time as numbers. */
export interface FactTime {
  /** First millisecond it can mean. */
  readonly ms: number;
  /** Last millisecond it can mean; equal to `ms` for a full time. */
  readonly latestMs: number;
  /** Calendar date as written, in its own zone: 20200305; 20200300 for 2020-03, 20200000 for 2020. */
  readonly ymd: number;
  /** 1 year, 2 month, 3 day, 4 time. */
  readonly precision: number;
}

/** An encounter of an inpatient, emergency or observation class, whatever its status. Sorted by start, end, id. */
export interface EncounterFact {
  /** `Encounter/x`. */
  readonly id: string;
  readonly classCode: string;
  /** First SNOMED CT code of the type. */
  readonly typeCode: string | null;
  /** First SNOMED CT code of the reason, else its first ICD-10 code, without marks; and its system. */
  readonly reasonCode: string | null;
  readonly reasonSystem: string | null;
  /** Organization: its reference as written, else the value of its identifier. */
  readonly provider: string | null;
  readonly disposition: Disposition | null;
  readonly priority: Priority | null;
  readonly admitSource: AdmitSource | null;
  /** Skilled nursing, as any SNOMED CT code of its type or reason says. */
  readonly nursing: boolean;
  readonly status: string | null;
  readonly start: FactTime | null;
  readonly end: FactTime | null;
}

/** A coding of a condition that a covariate reads. Sorted by knownMs, id, code. */
export interface ConditionFact {
  /** Of the resource, without its type. */
  readonly id: string;
  readonly system: string;
  readonly code: string;
  /** Value sets it is in, of those a covariate reads: `charlson_chf`, `social_transport`. */
  readonly sets: readonly string[];
  /** The encounter it was recorded in, where that encounter is a fact. */
  readonly encounterId: string | null;
  readonly onset: FactTime | null;
  readonly abatement: FactTime | null;
  readonly recorded: FactTime | null;
  /** End of the encounter it names, of any class; only for a condition that has neither recorded nor onset. */
  readonly told: FactTime | null;
  /** Earliest moment at which it can be known; infinite for a condition without any date. */
  readonly knownMs: number;
}

/** A procedure of a hospital encounter, or of no encounter. Sorted by start, id. */
export interface ProcedureFact {
  /** Of the resource, without its type. */
  readonly id: string;
  /** The code it is counted by: of its SNOMED CT codes the first in order, else of all its codes. */
  readonly code: string;
  /** Value sets of all its codings. */
  readonly sets: readonly string[];
  /** null: it names no encounter. */
  readonly encounterId: string | null;
  readonly performed: FactTime | null;
}

/** One medication order. Sorted by authored time, drug. */
export interface OrderFact {
  /** The code it is counted by: of its RxNorm codes the first in order, else of all its codes; null where it has none. */
  readonly drug: string | null;
  /** Drug classes of all its codings: `medication_insulin`. */
  readonly sets: readonly string[];
  readonly authoredMs: number;
  /** Last millisecond the authored time can mean: from then on it is known. */
  readonly knownMs: number;
  /** The encounter it was written in, where that encounter is a fact. */
  readonly encounterId: string | null;
}

/** A value of an analyte in the catalogue's unit. Sorted by effective time, id, value. */
export interface ObservationFact {
  /** Of the resource, without its type. */
  readonly id: string;
  /** `sodium`, `bmi`, … */
  readonly analyte: string;
  readonly value: number;
  readonly effectiveMs: number;
  readonly knownMs: number;
  /** The encounter it was measured in, where that encounter is a fact. */
  readonly encounterId: string | null;
  /** Whether it comes from a hospital encounter or from none. */
  readonly hospital: boolean;
}

export interface PatientFacts {
  /** `Patient/x`. */
  readonly patientId: string;
  /** False where only other resources name this patient. */
  readonly known: boolean;
  readonly birth: FactTime | null;
  readonly sex: string | null;
  readonly death: FactTime | null;
  /** True where the record says that the patient is dead without saying since when. */
  readonly deathFlag: boolean;
  readonly encounters: readonly EncounterFact[];
  readonly conditions: readonly ConditionFact[];
  readonly procedures: readonly ProcedureFact[];
  readonly orders: readonly OrderFact[];
  readonly observations: readonly ObservationFact[];
}
