/**
 * `readmission cohort`: the attrition from encounters to index discharges, or why one stay is or is not an index discharge.
 */
import { Command } from 'commander';
import type { AttritionLine, StayExplanation } from '../../cohort/index.ts';
import { createTerminal, tableText } from '../terminal.ts';
import { studyOptions, withCohortFlags, type StudyFlags } from './study-flags.ts';

export function cohortCommand(): Command {
  return withCohortFlags(new Command('cohort'))
    .description('Show the attrition, or with --explain why a stay is or is not an index discharge and what decided its outcome.')
    .option('--explain <encounter-id>', 'encounter of the stay to explain')
    .addHelpText('after', '\nExample:\n  readmission cohort --data synthea-data')
    .action(run);
}

async function run(flags: StudyFlags & { explain?: string }): Promise<void> {
  const terminal = createTerminal(flags);
  const { openCohort } = await import('../../training/index.ts');
  const { warehouse, cohort } = await openCohort(flags.data, studyOptions(flags, terminal));
  try {
    if (flags.explain !== undefined) {
      const { explainEncounter } = await import('../../cohort/index.ts');
      const explanation = await explainEncounter(warehouse, flags.explain);
      terminal.result(explanation, explanationText(explanation));
      return;
    }
    terminal.result(
      { definition: cohort.definition, runOut: cohort.runOut, attrition: cohort.attrition },
      `cohort ${cohort.definition.name}: ${cohort.definition.description}\nlabels complete to ${dateText(cohort.runOut)}\n${attritionText(cohort.attrition)}`,
    );
  } finally {
    warehouse.close();
  }
}

export function attritionText(lines: readonly AttritionLine[]): string {
  const prefix: Readonly<Record<number, string>> = { 40: '− ', 70: '→ ' };
  return tableText(
    ['step', 'n', 'unit'],
    lines.map((line) => [`${prefix[line.step] ?? ''}${line.label}`, line.n, line.unit]),
  );
}

function dateText(ymd: number): string {
  const text = String(ymd);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

function explanationText({ encounter, members, discharge, outcome, returnStay }: StayExplanation): string {
  const when = (ms: unknown): string => (typeof ms === 'number' ? new Date(ms).toISOString() : 'open');
  if (discharge === null) {
    return `${encounter['encounter_id']} (class ${encounter['class_code'] ?? 'none'}) is part of no acute inpatient stay: it is no candidate.`;
  }
  const lines = [
    `stay ${discharge['stay_id']}: ${when(discharge['admit_ms'])} to ${when(discharge['discharge_ms'])}, age ${discharge['age_years']}`,
    tableText(
      ['#', 'encounter', 'joined by', 'start', 'end'],
      members.map((m) => [
        Number(m['position']),
        String(m['encounter_id']),
        String(m['joined_by']),
        when(m['start_ms']),
        when(m['end_ms']),
      ]),
    ),
    discharge['exclusion'] === null
      ? `index discharge ${discharge['discharge_id']}`
      : `no index discharge: rule "${discharge['exclusion']}"`,
  ];
  if (outcome !== null) {
    const days = outcome['days_to_outcome'] === null ? '' : ` after ${outcome['days_to_outcome']} days`;
    const rule = outcome['planned_rule'] === null ? '' : `, planned by rule "${outcome['planned_rule']}"`;
    lines.push(`outcome: ${outcome['outcome_state']}${days}${rule}`);
  }
  if (returnStay !== null) lines.push(`decided by stay ${returnStay['stay_id']} from ${when(returnStay['admit_ms'])}`);
  return lines.join('\n');
}
