/**
 * Codes by what they mean: the value sets a stay or a covariate reads, turned round once per process.
 *
 * In      the shipped value sets, weights and units
 * Out     look-ups from a code to the names of its sets
 * Choice  types of encounters are SNOMED CT codes already, so they are looked up by the code alone
 */
import { readTerminology, readUnitConversions, type UnitConversion } from '../terminology/index.ts';
import { createBareCodeIndex, createCodeIndex } from './code-index.ts';
import { analyteNames, conditionFlagNames, medicationFlagNames, reasonFlagNames } from './covariate-names.ts';

export interface CodeSets {
  /** Sets of a coding, of those that may be asked for; empty and shared where it is in none. */
  conditionSets(system: string, code: string): readonly string[];
  procedureSets(system: string, code: string): readonly string[];
  medicationSets(system: string, code: string): readonly string[];
  /** Sets of an encounter's type. */
  typeSets(code: string): readonly string[];
  /** Sets of an encounter's reason. */
  reasonSets(system: string, code: string): readonly string[];
  /** Analytes an observation's code stands for. */
  analytes(system: string, code: string): readonly string[];
  /** Whether any value set of observations has the code, of the covariates or not. */
  isObserved(system: string, code: string): boolean;
  unit(analyte: string, writtenUnit: string): UnitConversion | undefined;
  /** Charlson categories in order, each with its weight and the categories that silence it. */
  readonly charlson: readonly { readonly name: string; readonly weight: number; readonly dominatedBy: readonly string[] }[];
}

const typeNames = [
  'nursing_admission',
  'icu_admission',
  'detoxification_admission',
  'elective_admission',
  'emergency_admission',
  'transfer_admission',
  'rehabilitation_admission',
  'psychiatric_admission',
];
const reasonNames = [
  'acute_diagnosis',
  'chronic_on_acute_list',
  'neoplasm',
  'sleep_study_reason',
  'sterilisation_reason',
  'rehabilitation_reason',
  'psychiatric_reason',
  ...reasonFlagNames,
];
const procedureNames = [
  'planned_always_procedure',
  'cancer_treatment_procedure',
  'potentially_planned_procedure',
  'potentially_planned_operation',
  'operating_room_procedure',
  'sleep_study_procedure',
  'ventilation_procedure',
  'dialysis_procedure',
  'administrative_procedure',
];

let shared: CodeSets | undefined;

/** The look-ups, made on first use. */
export function codeSets(): CodeSets {
  shared ??= readCodeSets();
  return shared;
}

function readCodeSets(): CodeSets {
  const { sets, hierarchies } = readTerminology();
  const isCharlson = (name: string): boolean => name.startsWith('charlson_');
  const oneOf = (names: readonly string[]) => (name: string) => names.includes(name);
  const analytesOf = new Map<string, readonly string[]>();
  for (const name of analyteNames) analytesOf.set(`observation_${name}`, [name]);
  const analyteSets = createCodeIndex(sets, (name) => analytesOf.has(name));
  const observed = createCodeIndex(sets, (name) => name.startsWith('observation_'));
  const units = new Map(readUnitConversions().map((unit) => [`${unit.analyte}|${unit.writtenUnit}`, unit]));
  return {
    conditionSets: createCodeIndex(sets, (name) => isCharlson(name) || oneOf(conditionFlagNames)(name)),
    procedureSets: createCodeIndex(sets, oneOf(procedureNames)),
    medicationSets: createCodeIndex(sets, oneOf(medicationFlagNames)),
    typeSets: createBareCodeIndex(sets, typeNames),
    reasonSets: createCodeIndex(sets, oneOf(reasonNames)),
    analytes(system, code) {
      const names = analyteSets(system, code);
      const [name] = names;
      if (name === undefined) return names;
      return names.length === 1 ? (analytesOf.get(name) ?? []) : names.flatMap((one) => analytesOf.get(one) ?? []);
    },
    isObserved: (system, code) => observed(system, code).length > 0,
    unit: (analyte, writtenUnit) => units.get(`${analyte}|${writtenUnit}`),
    charlson: sets
      .filter((set) => isCharlson(set.name))
      .map(({ name, weights }) => ({
        name,
        weight: weights?.['quan2011'] ?? 0,
        dominatedBy: hierarchies.filter(({ dominated }) => dominated === name).map(({ dominant }) => dominant),
      })),
  };
}
