/**
 * Value sets given by the beginnings of codes (ICD-10, ATC), spelt out for the codes that occur in the records.
 *
 * In   flat tables, filled; value_set_prefix
 * Out  rows added to value_set, marked by_prefix = 1
 * Why  every other statement joins whole codes, which is fast in both engines and reads the same for every code system
 * Choice  dots and case are set aside in this comparison only: I25.2, I252 and i25.2 all begin with I252
 */
import { readTerminology } from '../terminology/index.ts';
import { sqlString } from '../views/index.ts';
import { stemLength } from './terminology-tables.ts';

/** Systems of which some value set takes codes by their beginning. */
export const prefixSystems: ReadonlySet<string> = new Set(
  readTerminology().sets.flatMap((set) => set.prefixes.map(({ system }) => system)),
);
const taken = `IN (${[...prefixSystems].sort().map(sqlString).join(', ')})`;
const bare = "UPPER(REPLACE(o.code, '.', ''))";

const occurring = [
  ...['condition', 'procedure', 'medication_request'].map((table) => `SELECT system, code FROM ${table} WHERE system ${taken}`),
  `SELECT reason_system, reason_code FROM encounter WHERE reason_system ${taken}`,
].join(' UNION ');

/** Takes back what records loaded before had added. */
export const forgetPrefixMatches = 'DELETE FROM value_set WHERE by_prefix = 1';

/** One INSERT for either engine, to be run when the records are in and before anything reads value_set. */
export const addPrefixMatches = `INSERT INTO value_set
  SELECT DISTINCT p.name, o.system, o.code, 1
  FROM (${occurring}) o
  JOIN value_set_prefix p ON p.stem = SUBSTR(${bare}, 1, ${stemLength}) AND p.system = o.system
    AND p.prefix = SUBSTR(${bare}, 1, LENGTH(p.prefix))
  WHERE NOT EXISTS (SELECT 1 FROM value_set v WHERE v.name = p.name AND v.system = o.system AND v.code = o.code)`;
