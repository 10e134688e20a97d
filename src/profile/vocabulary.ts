/**
 * Codes against what is known: systems that value sets use, aliases, unknown URIs; and the codes that nothing reads, role by role.
 *
 * In   code counts of a landing folder (./coded-places.ts, ./measurements.ts), the value sets, the site mapping
 * Out  systems with what they are here, and per role the most frequent codes that nothing reads
 * Roles  a numeric laboratory or vital-sign code no analyte reads; a unit that is not accepted; a drug in no class; a class, disposition,
 *        admit source or priority without a meaning
 */
import { codeMeanings, publicAliases, standardSystems, type CodedElement, type SiteMapping } from '../mapping/index.ts';
import type { Terminology, UnitConversion } from '../terminology/index.ts';
import { drugPlace, germanDispositionPlace, type CodeCount, type CodedPlaces, type SystemCount } from './coded-places.ts';
import { observationPlace, type Measurements } from './measurements.ts';
import { guessSystem } from './system-guess.ts';

export interface SystemUse extends SystemCount {
  /**
   * used: value sets read it at this place. standard: known, but nothing at this place reads it. alias: read as `standard`. unknown: not known
   * by this URI, `standard` a guess. none: codings without a system.
   */
  readonly status: 'used' | 'standard' | 'alias' | 'unknown' | 'none';
  readonly standard: string | null;
  /** Whether something at this place reads codes of the system, by its own name or another. */
  readonly isRead: boolean;
}

export interface UnreadCode {
  readonly role: 'observation' | 'unit' | 'drug' | 'disposition' | 'admit source' | 'priority';
  readonly system: string | null;
  readonly code: string;
  readonly display: string | null;
  readonly records: number;
  readonly patients: number;
  /** For a unit: the analyte whose values were not read. */
  readonly analyte?: string;
}

export interface Vocabulary {
  readonly systems: readonly SystemUse[];
  /** Most frequent first within a role. */
  readonly unread: readonly UnreadCode[];
  /** Share of numeric values under a code of an analyte whose unit is accepted; null without any. */
  readonly acceptedUnits: { readonly values: number; readonly accepted: number };
}

const dispositionPlace = 'Encounter.hospitalization.dischargeDisposition';
const meaningPlaces: readonly (readonly [string, CodedElement, UnreadCode['role']])[] = [
  [dispositionPlace, 'disposition', 'disposition'],
  [germanDispositionPlace, 'disposition', 'disposition'],
  ['Encounter.hospitalization.admitSource', 'admitSource', 'admit source'],
  ['Encounter.priority', 'priority', 'priority'],
];
/** Value sets that are looked up at a place. */
const readers: readonly (readonly [string, RegExp])[] = [
  ['Condition.code', /^(charlson|elixhauser|lace|social)_/],
  ['Encounter.reasonCode', /^(reason_|acute_diagnosis|neoplasm)/],
  ['Encounter.type', /_admission$/],
  ['Procedure.code', /_procedure$/],
  [drugPlace, /^medication_/],
  [observationPlace, /^observation_/],
];
/** Systems of codes the standard fixes, whatever value sets say. */
const fixed: Readonly<Record<string, RegExp>> = {
  'Encounter.class': /v3-ActCode$/,
  'Condition.verificationStatus': /condition-ver-status$/,
  'Condition.category': /condition-category$/,
};

export interface VocabularyInput {
  readonly places: CodedPlaces;
  readonly measurements: Measurements;
  readonly terminology: Terminology;
  readonly units: readonly UnitConversion[];
  readonly mapping: SiteMapping;
}

export function readVocabulary(input: VocabularyInput): Vocabulary {
  const { places, measurements, terminology, mapping } = input;
  const standardOf = standardNames(mapping);
  const usedAt = systemsByPlace(terminology);
  const meanings = new Set(codeMeanings(mapping).map(({ element, system, code }) => `${element} ${system} ${code}`));
  const knownAt = new Map(
    meaningPlaces.map(([place, element]) => [
      place,
      new Set(codeMeanings(mapping).flatMap((row) => (row.element === element ? [row.system] : []))),
    ]),
  );
  const codesOf = (place: string, system: string | null): string[] =>
    place === observationPlace
      ? measurements.measurements.filter((m) => m.system === system).map(({ code }) => code)
      : places.codes.filter((c) => c.place === place && c.system === system).map(({ code }) => code);
  const systems = [...places.systems, ...measurements.systems].map((count): SystemUse => {
    const { place, system } = count;
    if (system === null) {
      const isRead = knownAt.get(place)?.has('') === true;
      return { ...count, status: isRead ? 'used' : 'none', standard: null, isRead };
    }
    const standard = standardOf.get(system) ?? system;
    const isRead =
      usedAt.get(place)?.has(standard) === true ||
      knownAt.get(place)?.has(system) === true ||
      fixed[place]?.test(system) === true;
    if (standard !== system) return { ...count, status: 'alias', standard, isRead };
    if (isRead) return { ...count, status: 'used', standard, isRead };
    if (standardSystems.includes(system)) return { ...count, status: 'standard', standard, isRead };
    const guess = usedAt.has(place) ? guessSystem(system, codesOf(place, system)) : null;
    return { ...count, status: 'unknown', standard: guess, isRead };
  });
  const numbers = readNumbers(input, standardOf);
  return {
    systems: systems.sort((a, b) => order(a.place, b.place) || b.codings - a.codings || order(a.system ?? '', b.system ?? '')),
    unread: [...numbers.unread, ...drugs(places.codes, terminology, standardOf), ...withoutMeaning(places.codes, meanings)],
    acceptedUnits: numbers.acceptedUnits,
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function standardNames(mapping: SiteMapping): ReadonlyMap<string, string> {
  return new Map([...publicAliases, ...mapping.codeSystems].map(({ from, to }) => [from, to]));
}

function systemsByPlace(terminology: Terminology): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    readers.map(([place, pattern]) => [
      place,
      new Set(
        terminology.sets
          .filter(({ name }) => pattern.test(name))
          .flatMap(({ codes, prefixes }) => [...codes, ...prefixes].map(({ system }) => system)),
      ),
    ]),
  );
}

function readNumbers(
  { measurements, terminology, units }: VocabularyInput,
  standardOf: ReadonlyMap<string, string>,
): Pick<Vocabulary, 'unread' | 'acceptedUnits'> {
  const analyteOf = new Map(
    terminology.sets
      .filter(({ name }) => name.startsWith('observation_'))
      .flatMap((set) => set.codes.map(({ system, code }) => [`${system}|${code}`, set.name.replace('observation_', '')])),
  );
  const accepted = new Set(units.map(({ analyte, writtenUnit }) => `${analyte} ${writtenUnit}`));
  const unread = new Map<string, UnreadCode>();
  const count = { values: 0, accepted: 0 };
  const add = (entry: UnreadCode): void => {
    const key = [entry.role, entry.system, entry.code, entry.analyte].join(' ');
    const before = unread.get(key);
    // Patients of one code in two units may be the same: the greater count is certain.
    const patients = Math.max(entry.patients, before?.patients ?? 0);
    unread.set(key, { ...entry, records: entry.records + (before?.records ?? 0), patients });
  };
  for (const { system, code, display, unit, values, patients } of measurements.measurements) {
    const standard = system === null ? null : (standardOf.get(system) ?? system);
    const analyte = analyteOf.get(`${standard}|${code}`);
    if (analyte === undefined) {
      if (standard === 'http://loinc.org') add({ role: 'observation', system, code, display, records: values, patients });
      continue;
    }
    count.values += values;
    if (unit !== null && accepted.has(`${analyte} ${unit}`)) count.accepted += values;
    else add({ role: 'unit', system: null, code: unit ?? '(none)', display: null, records: values, patients, analyte });
  }
  return { unread: [...unread.values()].sort(frequentFirst), acceptedUnits: count };
}

/** Drugs of a system that classes are written in, in none of them. */
function drugs(codes: readonly CodeCount[], terminology: Terminology, standardOf: ReadonlyMap<string, string>): UnreadCode[] {
  const sets = terminology.sets.filter(({ name }) => name.startsWith('medication_'));
  const listed = new Set(sets.flatMap((set) => set.codes.map(({ system, code }) => `${system}|${code}`)));
  const prefixes = sets.flatMap((set) => set.prefixes);
  const known = new Set([...sets.flatMap((set) => set.codes), ...prefixes].map(({ system }) => system));
  return codes
    .filter(({ place, system, code }) => {
      const standard = standardOf.get(system ?? '') ?? system ?? '';
      if (place !== drugPlace || !known.has(standard)) return false;
      const bare = code.toUpperCase().replaceAll('.', '');
      return !listed.has(`${standard}|${code}`) && !prefixes.some((p) => p.system === standard && bare.startsWith(p.prefix));
    })
    .map((count) => toUnread('drug', count))
    .sort(frequentFirst);
}

function withoutMeaning(codes: readonly CodeCount[], meanings: ReadonlySet<string>): UnreadCode[] {
  return meaningPlaces.flatMap(([place, element, role]) =>
    codes
      .filter((count) => count.place === place && !meanings.has(`${element} ${count.system ?? ''} ${count.code}`))
      .map((count) => toUnread(role, count))
      .sort(frequentFirst),
  );
}

function toUnread(role: UnreadCode['role'], { system, code, display, codings, patients }: CodeCount): UnreadCode {
  return { role, system, code, display, records: codings, patients };
}

function frequentFirst(a: UnreadCode, b: UnreadCode): number {
  return b.records - a.records || order(a.code, b.code);
}
