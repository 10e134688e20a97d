/**
 * `readmission cohort`: the attrition from encounters to index discharges and what followed them, or why one stay is or is not an index
 * discharge.
 */
import { Command } from 'commander';
import type { AttritionLine, StayExplanation } from '../../cohort/index.ts';
import type { StateIncidence } from '../../training/index.ts';
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
  const { mappingChoices, mappingHash } = await import('../../mapping/index.ts');
  const { openCohort, readIncidence } = await import('../../training/index.ts');
  const { warehouse, cohort, mapping } = await openCohort(flags.data, studyOptions(flags, terminal));
  try {
    if (flags.explain !== undefined) {
      const { explainEncounter } = await import('../../cohort/index.ts');
      const explanation = await explainEncounter(warehouse, flags.explain);
      terminal.result(explanation, explanationText(explanation));
      return;
    }
    const { definition, runOut, attrition } = cohort;
    const { cohortDefinitionHash } = await import('../../cohort/index.ts');
    const choices = mappingChoices(mapping);
    const incidence = await readIncidence(warehouse, definition);
    terminal.result(
      {
        definition,
        definitionHash: cohortDefinitionHash(definition),
        mapping: { name: mapping.name, hash: mappingHash(mapping), choices },
        runOut,
        attrition,
        incidence,
      },
      [
        `cohort ${definition.name}: ${definition.description}`,
        ...choices,
        definition.labels === undefined
          ? `labels complete to ${dateText(runOut)}`
          : `labels from ${definition.labels.name}, SHA-256 ${definition.labels.sha256}`,
        attritionText(attrition),
        ...(incidence === null ? [] : [incidenceText(incidence)]),
      ].join('\n'),
    );
  } finally {
    warehouse.close();
  }
}

/**
 * The attrition as a table.
 *
 * @param options.short  rules that took nothing are folded into one line under it; those that cannot be assessed, or for under half of
 *                       the stays, are named in others
 */
export function attritionText(lines: readonly AttritionLine[], options: { readonly short?: boolean } = {}): string {
  const prefix: Readonly<Record<number, string>> = { 15: '− ', 25: '∪ ', 40: '− ', 70: '→ ', 71: '  by ' };
  const isFolded = ({ step, n }: AttritionLine): boolean => options.short === true && ruleSteps.has(step) && n === 0;
  const table = tableText(
    ['step', 'n', 'unit', 'what it is'],
    lines
      .filter((line) => !isFolded(line))
      .map((line) => (options.short === true && (line.assessed ?? 0) >= 0.5 ? { ...line, note: undefined } : line))
      .map((line) => [
        `${prefix[line.step] ?? ''}${line.label}`,
        line.n,
        line.unit,
        line.note?.startsWith('not assessable')
          ? line.note
          : [line.title, line.note].filter((text) => text !== undefined).join('; '),
      ]),
  );
  return [table, ...foldedText(lines.filter(isFolded))].join('\n');
}

/** Lines that are rules: 15 keeps encounters out, 25 joins, 40 excludes, 71 makes a return planned. */
const ruleSteps: ReadonlySet<number> = new Set([15, 25, 40, 71]);

function foldedText(folded: readonly AttritionLine[]): string[] {
  const unassessed = folded.filter(({ note }) => note?.startsWith('not assessable') === true);
  const off = folded.filter(({ note }) => note?.startsWith('off') === true).length;
  const sparse = folded.filter(({ assessed }) => assessed !== undefined && assessed < 0.5);
  const idle = folded.length - unassessed.length - off;
  return [
    ...(idle + off === 0
      ? []
      : [`not shown: ${idle} ${idle === 1 ? 'rule' : 'rules'} that took nothing, ${off} that ${off === 1 ? 'is' : 'are'} off`]),
    ...(unassessed.length === 0
      ? []
      : [`not assessable on these records (${unassessed.length}): ${unassessed.map(({ label }) => label).join(', ')}`]),
    ...(sparse.length === 0
      ? []
      : [
          `assessed for under half of the stays (${sparse.length}): ${sparse
            .map(({ label, assessed }) => `${label} ${Math.floor(100 * (assessed ?? 0))} %`)
            .join(', ')}`,
        ]),
  ];
}

function incidenceText(incidence: readonly StateIncidence[]): string {
  const percent = (share: number | null): string => (share === null ? '–' : (100 * share).toFixed(2));
  const days = incidence[0]?.points.map((point) => `by day ${point.day}`) ?? [];
  return [
    'cumulative incidence of the first event, % (95 % interval; Aalen-Johansen, the others compete):',
    tableText(
      ['first event', ...days],
      incidence.map(({ state, points }) => [
        state,
        ...points.map((p) => `${percent(p.estimate)}${p.lower === null ? '' : ` (${percent(p.lower)}, ${percent(p.upper)})`}`),
      ]),
    ),
  ].join('\n');
}

function dateText(ymd: number): string {
  const text = String(ymd);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

function explanationText({ encounter, inpatient, members, discharge, outcome, returnStay }: StayExplanation): string {
  const when = (ms: unknown): string => (typeof ms === 'number' ? new Date(ms).toISOString() : 'open');
  if (discharge === null) {
    return `${encounter['encounter_id']} (class ${encounter['class_code'] ?? 'none'}, read as ${encounter['kind']}) is part of no acute inpatient stay: ${
      inpatient === null ? 'it is no candidate' : `rule "${inpatient['exclusion']}"`
    }.`;
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
      : `no index discharge: rule "${discharge['exclusion']}"${withCode(discharge['exclusion_code'])}`,
  ];
  if (outcome !== null) {
    const days = outcome['days_to_outcome'] === null ? '' : ` after ${outcome['days_to_outcome']} days`;
    const rule =
      outcome['planned_rule'] === null
        ? ''
        : `, planned by rule "${outcome['planned_rule']}"${withCode(outcome['planned_code'])}`;
    lines.push(`outcome: ${outcome['outcome_state']}${days}${rule}`);
  }
  if (returnStay !== null) lines.push(`decided by stay ${returnStay['stay_id']} from ${when(returnStay['admit_ms'])}`);
  return lines.join('\n');
}

function withCode(code: unknown): string {
  return typeof code === 'string' ? `, code ${code}` : '';
}
