/**
 * Assessed share: of what part of the stays a rule could tell anything, because what it reads is recorded there.
 *
 * In      a warehouse with a built cohort
 * Out     per rule the share of stays that hold one element of each group it needs, and its words
 * Choice  a death, an emergency visit or a procedure that is not recorded may just not have happened: a rule for which one of these is
 *         enough has no share
 */
import { readRelation, type Warehouse } from '../warehouse/index.ts';
import { readCohortRules, type CohortRule } from './rules.ts';

/** Elements that a stay holds, and how many stays hold just these. */
export interface StayElements {
  readonly elements: ReadonlySet<string>;
  readonly n: number;
}

const relation = readRelation(new URL('./sql/stay-element.sql', import.meta.url));
/** Elements of rules.json that are asked of every stay. */
const ofStay: ReadonlySet<string> = new Set([
  'type',
  'reason',
  'disposition',
  'priority',
  'admit-source',
  'hospital',
  'birth-date',
]);

export async function readStayElements(warehouse: Warehouse): Promise<StayElements[]> {
  const rows = await warehouse.rows(relation.sql, [], relation.file);
  return rows.map((row) => ({
    elements: new Set([...ofStay].filter((element) => Number(row[element.replace('-', '_')]) === 1)),
    n: Number(row['n']),
  }));
}

/** @returns share in [0, 1]; null where the rule needs nothing that every stay would hold, or where there are no stays */
export function assessedShare(rule: CohortRule, stays: readonly StayElements[]): number | null {
  const groups = askedGroups(rule);
  const total = stays.reduce((sum, { n }) => sum + n, 0);
  if (groups.length === 0 || total === 0) return null;
  const assessed = stays.filter(({ elements }) => groups.every((group) => group.some((element) => elements.has(element))));
  return assessed.reduce((sum, { n }) => sum + n, 0) / total;
}

/** "assessed for 9 % of stays: Encounter.type or Encounter.reasonCode recorded"; null where all were. Rounded down: 100 % is all. */
export function assessedNote(rule: CohortRule, share: number | null): string | null {
  if (share === null || share === 1) return null;
  const { elements } = readCohortRules();
  const names = askedGroups(rule).map((group) => group.map((element) => elements[element]).join(' or '));
  return `assessed for ${share > 0 && share < 0.01 ? 'less than 1' : Math.floor(100 * share)} % of stays: ${names.join(' and ')} recorded`;
}

function askedGroups({ needs }: CohortRule): string[][] {
  return needs.filter((group) => group.every((element) => ofStay.has(element)));
}
