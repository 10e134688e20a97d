/**
 * An index of value sets: from a coding to the names of the sets it is in.
 *
 * In      value sets; which of them are asked for
 * Out     names in order of the sets; one shared list per code, so that facts of the same code share it
 * Choice  a set given by the beginnings of codes (ICD-10) holds every code that begins so, dots and case aside
 */
import { bareCode } from './record-element.ts';
import type { ValueSet } from '../terminology/index.ts';

export type CodeIndex = (system: string, code: string) => readonly string[];

const none: readonly string[] = [];

export function createCodeIndex(sets: readonly ValueSet[], isUsed: (name: string) => boolean): CodeIndex {
  const bySystem = new Map<string, SystemIndex>();
  const indexOf = (system: string): SystemIndex => {
    const index = bySystem.get(system) ?? { names: new Map<string, readonly string[]>(), prefixes: [] };
    bySystem.set(system, index);
    return index;
  };
  for (const { name, codes, prefixes } of sets) {
    if (!isUsed(name)) continue;
    for (const { system, code } of codes) addName(indexOf(system).names, code, name);
    for (const { system, prefix } of prefixes) indexOf(system).prefixes.push({ prefix, name });
  }
  return (system, code) => {
    const index = bySystem.get(system);
    if (index === undefined) return none;
    if (index.prefixes.length > 0 && !index.spelled?.has(code)) spell(index, code);
    return index.names.get(code) ?? none;
  };
}

/** The same by the code alone, of whatever system; sets given by beginnings are not among it. */
export function createBareCodeIndex(sets: readonly ValueSet[], names: readonly string[]): (code: string) => readonly string[] {
  const index = new Map<string, readonly string[]>();
  for (const { name, codes } of sets) if (names.includes(name)) for (const { code } of codes) addName(index, code, name);
  return (code) => index.get(code) ?? none;
}

interface SystemIndex {
  readonly names: Map<string, readonly string[]>;
  readonly prefixes: { readonly prefix: string; readonly name: string }[];
  /** Codes whose beginnings were looked at. */
  spelled?: Set<string>;
}

function spell(index: SystemIndex, code: string): void {
  (index.spelled ??= new Set()).add(code);
  const bare = bareCode(code);
  for (const { prefix, name } of index.prefixes) if (bare.startsWith(prefix)) addName(index.names, code, name);
}

function addName(index: Map<string, readonly string[]>, code: string, name: string): void {
  const names = index.get(code) ?? none;
  if (!names.includes(name)) index.set(code, [...names, name]);
}
