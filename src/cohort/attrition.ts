/**
 * Attrition: the flow from encounters to index discharges and their outcomes, rule by rule, and the identities that hold it together.
 *
 * In      a warehouse with a built cohort
 * Out     lines in the order in which the rules are tried, those that took nothing away included; what cannot be assessed says so
 * Checks  on every run: encounters = kept out + acute; acute = joined + stays; stays = excluded + index; index + run-out = sum of states;
 *         unobserved = run-out; planned = sum over planned rules
 */
import { CohortError } from '../errors.ts';
import { readRelation, type Warehouse } from '../warehouse/index.ts';
import { assessedNote, assessedShare, readStayElements } from './assessed-share.ts';
import type { CohortDefinition } from './definition.ts';
import { isOn, notAssessable, readCohortRules, type CohortRule } from './rules.ts';

export interface AttritionLine {
  /** 10 inpatient encounters, 15 kept out, 20 acute encounters, 25 joined, 30 stays, 40 excluded, 50 index discharges, 60 patients, 70 outcome states,
   *  71 rules that made a return planned. */
  readonly step: number;
  /** Id of the rule, name of the state, or words. */
  readonly label: string;
  readonly unit: string;
  readonly n: number;
  /** What the rule asks, in plain words. */
  readonly title?: string;
  /** Why n says less than it seems: the rule is off, or cannot be assessed on these records or on a part of them. */
  readonly note?: string;
  /** Share of stays that hold what the rule reads, below 1; absent where all do, where none does, or where it cannot be told. */
  readonly assessed?: number;
}

const attritionRelation = readRelation(new URL('./sql/attrition.sql', import.meta.url));
const elementRelation = readRelation(new URL('./sql/record-element.sql', import.meta.url));

const totals: Readonly<Record<number, readonly [label: string, unit: string]>> = {
  10: ['encounters of inpatient care', 'encounters'],
  20: ['acute inpatient encounters', 'encounters'],
  30: ['stays (encounters stitched)', 'stays'],
  50: ['index discharges', 'discharges'],
  60: ['patients with an index discharge', 'patients'],
};
const steps = [10, 15, 20, 25, 30, 40, 50, 60, 70, 71] as const;
const rulesOf: Readonly<Record<number, readonly [kind: CohortRule['kind'], unit: string]>> = {
  15: ['encounter', 'encounters'],
  25: ['stitching', 'encounters'],
  40: ['index', 'stays'],
  71: ['planned', 'discharges'],
};
/** Where a rule that is off would still fit. */
const offStep: Readonly<Record<number, number>> = { 15: 16, 40: 41 };
const ownStates = ['unplanned', 'planned', 'died', 'none', 'unobserved'];
const labelStates = ['label-1', 'label-0'];

/** @throws {CohortError} COHORT_ACCOUNTING when counts do not add up */
export async function readAttrition(warehouse: Warehouse, definition: CohortDefinition): Promise<AttritionLine[]> {
  const counts = await countsOf(warehouse);
  const recorded = new Map(
    (await warehouse.rows(elementRelation.sql, [], elementRelation.file)).map((row) => [
      String(row['element']),
      Number(row['n']),
    ]),
  );
  const stays = await readStayElements(warehouse);
  const count = (step: number, label: string): number => counts.get(`${step} ${label}`) ?? 0;
  const lines = steps.flatMap((step): AttritionLine[] => {
    const total = totals[step];
    if (total !== undefined) return [{ step, label: total[0], unit: total[1], n: sum(counts, step) }];
    const states = definition.labels === undefined ? ownStates : labelStates;
    if (step === 70) return states.map((label) => ({ step, label, unit: 'discharges', n: count(70, label) }));
    const [kind, unit] = rulesOf[step] as readonly [CohortRule['kind'], string];
    return readCohortRules()
      .rules.filter((rule) => rule.kind === kind && isShown(rule, definition))
      .map((rule) => {
        const off = isOn(rule, definition) ? null : offNote(count(offStep[step] ?? 0, rule.id));
        const line = { step, label: rule.id, unit, n: count(step, rule.id), title: rule.title };
        const none = off ?? notAssessable(rule, recorded);
        if (none !== null) return { ...line, note: none };
        const share = assessedShare(rule, stays);
        const note = assessedNote(rule, share);
        return share === null || note === null ? line : { ...line, note, assessed: share };
      });
  });
  requireIdentities(lines, counts);
  return lines;
}

/** Rules about labels are told of only where there are labels, and rules about outcomes only where there are none. */
function isShown(rule: CohortRule, { labels }: CohortDefinition): boolean {
  return labels === undefined ? rule.switch !== 'labels' : rule.kind !== 'planned';
}

function offNote(fits: number): string {
  return fits === 0 ? 'off' : `off; fits ${fits} that were kept`;
}

async function countsOf(warehouse: Warehouse): Promise<Map<string, number>> {
  const rows = await warehouse.rows(attritionRelation.sql, [], attritionRelation.file);
  return new Map(rows.map((row) => [`${row['step']} ${row['label']}`, Number(row['n'])]));
}

function sum(counts: ReadonlyMap<string, number>, step: number): number {
  return [...counts].reduce((total, [key, n]) => (key.startsWith(`${step} `) ? total + n : total), 0);
}

/** Counted from the lines, so that a rule or state that SQL names and rules.json does not is found out. */
function requireIdentities(lines: readonly AttritionLine[], counts: ReadonlyMap<string, number>): void {
  const total = (step: number): number => lines.reduce((n, line) => (line.step === step ? n + line.n : n), 0);
  const one = (step: number, label: string): number => lines.find((line) => line.step === step && line.label === label)?.n ?? 0;
  const hasLabels = lines.some((line) => line.step === 70 && line.label === 'label-1');
  const unobserved = hasLabels ? 0 : one(40, 'run-out');
  const identities: [string, number, number][] = [
    ['inpatient encounters = kept out + acute', total(10), total(15) + total(20)],
    ['acute encounters = joined + stays', total(20), total(25) + total(30)],
    ['stays = excluded + index discharges', total(30), total(40) + total(50)],
    ['index discharges + run-out = sum of outcome states', total(50) + unobserved, total(70)],
    ['unobserved = run-out', one(70, 'unobserved'), unobserved],
    ['planned returns = sum of planned rules', one(70, 'planned'), total(71)],
    ['every state is counted', sum(counts, 70), total(70)],
  ];
  const broken = identities.find(([, left, right]) => left !== right);
  if (broken === undefined) return;
  throw new CohortError(
    'COHORT_ACCOUNTING',
    `expected ${broken[0]}, found ${broken[1]} and ${broken[2]}; this is a defect, please report it`,
  );
}
