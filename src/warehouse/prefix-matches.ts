/**
 * Value sets given by the beginnings of codes (ICD-10, ATC), spelt out for the codes that occur in the records.
 *
 * In   the distinct codes of the flat tables, in systems of which some value set takes beginnings
 * Out  rows of value_set, marked by_prefix = 1
 * Why  every other statement joins whole codes, which is fast in both engines and reads the same for every code system; what is compared here
 *      are distinct codes, few even in a large record, so the many thousand beginnings need not be in every database
 * Choice  dots and case are set aside in this comparison only: I25.2, I252 and i25.2 all begin with I252
 */
import { readTerminology } from '../terminology/index.ts';
import { sqlString } from '../views/index.ts';
import { insertRows } from './insert-rows.ts';
import { memberColumns } from './terminology-tables.ts';
import type { Row, Warehouse } from './warehouse.ts';

/** Systems of which some value set takes codes by their beginning. */
export const prefixSystems: ReadonlySet<string> = new Set(
  readTerminology().sets.flatMap((set) => set.prefixes.map(({ system }) => system)),
);
const taken = `IN (${[...prefixSystems].sort().map(sqlString).join(', ')})`;

/** Either engine, when the records are in: every code that a value set may hold by its beginning, once. Columns: system, code. */
export const classifiedCodes = `SELECT o.system, o.code FROM (
    ${[
      ...['condition', 'procedure', 'medication_request'].map(
        (table) => `SELECT system, code FROM ${table} WHERE system ${taken}`,
      ),
      `SELECT reason_system, reason_code FROM encounter WHERE reason_system ${taken}`,
    ].join(' UNION ')}
  ) o WHERE o.code IS NOT NULL ORDER BY o.system, o.code`;

/** A row of value_set. */
export type Member = readonly [name: string, system: string, code: string, byPrefix: 1];

/** The value sets that hold codes by their beginning. */
export class PrefixMatcher {
  /** Names of sets by beginning, by system. */
  readonly #names = new Map<string, Map<string, string[]>>();
  /** Sets that name the code itself have its row already. */
  readonly #named: ReadonlySet<string>;
  readonly #shortest: number;
  readonly #longest: number;

  constructor({ sets } = readTerminology()) {
    const lengths = new Set<number>();
    for (const { name, prefixes } of sets) {
      for (const { system, prefix } of prefixes) {
        let ofSystem = this.#names.get(system);
        if (ofSystem === undefined) this.#names.set(system, (ofSystem = new Map<string, string[]>()));
        const names = ofSystem.get(prefix);
        if (names === undefined) ofSystem.set(prefix, [name]);
        else names.push(name);
        lengths.add(prefix.length);
      }
    }
    this.#shortest = Math.min(...lengths);
    this.#longest = Math.max(...lengths);
    this.#named = new Set(sets.flatMap(({ name, codes }) => codes.map(({ system, code }) => memberKey(name, system, code))));
  }

  /** @param rows  of classifiedCodes  @returns  each set that holds a code, once, in the order of the codes */
  members(rows: readonly Row[]): Member[] {
    return rows.flatMap((row): Member[] => {
      const [system, code] = [row['system'] as string, row['code'] as string];
      return this.#setsOf(system, code)
        .filter((name) => !this.#named.has(memberKey(name, system, code)))
        .map((name) => [name, system, code, 1]);
    });
  }

  #setsOf(system: string, code: string): string[] {
    const beginnings = this.#names.get(system);
    if (beginnings === undefined) return [];
    const bare = code.replaceAll('.', '').toUpperCase();
    const sets = new Set<string>();
    for (let length = this.#shortest; length <= Math.min(bare.length, this.#longest); length += 1) {
      for (const name of beginnings.get(bare.slice(0, length)) ?? []) sets.add(name);
    }
    return [...sets];
  }
}

function memberKey(name: string, system: string, code: string): string {
  return `${name}|${system}|${code}`;
}

/** Adds to value_set what the loaded records need, and takes back what records loaded before had added. */
export async function addPrefixMatches(warehouse: Warehouse): Promise<void> {
  await warehouse.run('DELETE FROM value_set WHERE by_prefix = 1');
  const codes = await warehouse.rows(classifiedCodes, [], 'codes by their beginning');
  if (codes.length > 0) await insertRows(warehouse, 'value_set', memberColumns, new PrefixMatcher().members(codes));
}
