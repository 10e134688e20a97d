/**
 * Provenance: what this was made from, and how to make it again.
 */
import { importedFrom, isTableModel } from '../../model/index.ts';
import { headlineOf, judgedKind, mainEvidence, populationOf, type Judged } from '../headline.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { count, decimal, percent } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import { featureSetText, groupedCounts } from '../sentence.ts';
import { table } from '../table.ts';
import type { Section } from './section.ts';

export function provenanceSection(input: ReportInput): Section {
  const { header, metrics, planting } = input;
  const { training, forest, folds } = header;
  const kind = judgedKind(metrics);
  const ofTable = isTableModel(header);
  const unit = ofTable ? 'rows' : 'discharges';
  const imported = importedFrom(header) !== undefined;
  const draws = mainEvidence(metrics)?.bootstrap.draws ?? metrics.draws;
  const rows: [string, Content][] = [
    ['Model', header.name],
    ['Made', `${header.createdAt}, code version ${header.codeVersion}`],
    ['Outcome', `${header.outcome.name}, horizon ${header.outcome.horizonDays} days: ${header.outcome.description}`],
    ['Cohort', html`${header.cohort.name}, definition ${code(header.cohort.hash)}`],
    [
      imported ? 'Rows trained on' : ofTable ? 'Table trained on' : 'Records trained on',
      training.synthetic ? 'synthetic' : 'not said to be synthetic',
    ],
    ...(ofTable
      ? []
      : ([
          ['Records as of', training.transactionTime || 'not stated'],
          ...(kind === 'held-out' ? [['Last day of the records', dayText(metrics.runOut)]] : []),
        ] as [string, Content][])),
    [
      imported
        ? 'The file of the forest, SHA-256'
        : ofTable
          ? 'The table as a file, SHA-256'
          : 'Manifest of the records trained on, SHA-256',
      code(training.manifestSha256),
    ],
    ...(header.mapping === undefined || ofTable
      ? []
      : [['Site mapping', html`${header.mapping.name}, ${code(header.mapping.hash)}`] as [string, Content]]),
    ...judgedRecords(metrics, ofTable, training.manifestSha256),
    [
      'Training',
      `${imported ? 'elsewhere, on ' : ''}${count(training.rows)} ${unit} of ${count(training.patients)} patients, ${count(training.events)} events (${percent(header.baseRate)})`,
    ],
    ...(imported
      ? []
      : ([
          [
            `Refitted on all ${unit}`,
            training.refittedOnAll ? 'yes; every figure here is of models that did not see what they are judged on' : 'no',
          ],
        ] as [string, Content][])),
    [
      'Features',
      html`${count(header.features.length)} (${featureSetText(metrics.featureSet)}), schema ${code(header.featureHash)}`,
    ],
    ['Forest', `${forest.engine}, ${count(forest.trees)} trees; ${optionText(forest.options)}`],
    [
      'Calibration of the released model',
      groupedCounts(
        `${header.calibration.kind === 'identity' ? '' : `${header.calibration.kind}: `}${header.calibration.reason}`,
      ),
    ],
    ...(imported
      ? []
      : ([
          ['Folds', `${folds.count}, seed ${folds.seed}; ${folds.rule}`],
          ['Seed', String(header.seed)],
        ] as [string, Content][])),
    ...(draws === 0 ? [] : ([['Resamples', count(draws)]] as [string, Content][])),
    ...Object.entries(input.provenance ?? {}).map(([label, value]): [string, Content] => [label, valueText(value)]),
    ...Object.entries(planting ?? {}).map(([label, value]): [string, Content] => [`Planting: ${label}`, valueText(value)]),
  ];
  return {
    id: 'provenance',
    title: 'Provenance, and how to repeat',
    body: html`${table<[string, Content]>({
      caption: 'What this report was made from',
      columns: [
        { head: 'Item', text: true, cell: ([label]) => label },
        { head: 'Value', text: true, cell: ([, value]) => value },
      ],
      rows,
    })}
    ${bands(input)}${repeat(input)}${headlineOf(metrics) === undefined && imported ? '' : figureNotes(input)}`,
  };
}

function figureNotes({ metricsFile = 'metrics.json' }: ReportInput): Markup {
  return html`<h3>How the figures were made</h3>
    <ul>
      <li>
        Intervals: 95 %, percentile, from resampled patients; all discharges of a drawn patient come along. Comparisons use the
        same resamples for both models.
      </li>
      <li>
        Smoothed calibration and ICI, E50, E90, Emax: Austin and Steyerberg 2019. Net benefit: Vickers and Elkin 2006. Cumulative
        incidence: Aalen–Johansen.
      </li>
      <li>Every number shown here stands in ${metricsFile}, with all its digits.</li>
    </ul>`;
}

function bands({ header }: ReportInput): Markup {
  return table({
    caption: 'Bands of risk of the released model',
    columns: [
      { head: 'Band', text: true, cell: ({ name }) => name },
      { head: 'Risk from', cell: ({ from }) => decimal(from) },
      { head: 'Meaning', text: true, cell: ({ meaning }) => groupedCounts(meaning) },
    ],
    rows: header.bands,
  });
}

/** Where others were judged than those of training. */
function judgedRecords(metrics: ReportInput['metrics'], table: boolean, trained: string): [string, Content][] {
  const kind = judgedKind(metrics);
  const { judged, manifestSha256, runOut } = populationOf(metrics);
  if (kind === 'held-out' || manifestSha256 === undefined || manifestSha256 === trained) return [];
  const what = table ? 'Table' : 'Records';
  const use = kind === 'local' ? 'recalibrated on' : 'judged';
  return [
    ...(judged === undefined || judged === null
      ? []
      : ([[`${what} ${use}`, judged.synthetic ? 'synthetic' : 'not said to be synthetic']] as [string, Content][])),
    ...(table ? [] : ([['Last day of those records', dayText(runOut)]] as [string, Content][])),
    [table ? 'That table as a file, SHA-256' : 'Manifest of those records, SHA-256', code(manifestSha256)],
  ];
}

const again: Readonly<Record<Judged, string>> = {
  'held-out': 'this code version and this seed, and train again',
  external: 'the model whose model.bin has the hash above and this code version, and judge it again (readmission validate)',
  local: 'the parent and the records it was recalibrated on, this code version and this seed, and recalibrate again',
};

const importedAgain: Readonly<Record<Exclude<Judged, 'external'>, string>> = {
  'held-out': 'this code version, and import it again',
  local: 'the rows it was recalibrated on and this code version, and import it again with them',
};

function repeat({ repeat: commands, header, metrics }: ReportInput): Markup {
  const imported = importedFrom(header) !== undefined;
  const source = imported
    ? 'the file of the forest that has'
    : isTableModel(header)
      ? 'the table whose file has'
      : 'the records whose manifest has';
  const kind = judgedKind(metrics);
  const same = imported && kind !== 'external' ? importedAgain[kind] : again[kind];
  return html`<h3>How to repeat</h3>
    ${
      commands === undefined || commands.length === 0
        ? html`<p>Take ${source} the hash above, ${same}: equal inputs give equal numbers, on one worker or many.</p>`
        : html`<p>With ${source} the hash above and this code version:</p>
            <pre>${commands.join('\n')}</pre>
            <p>Equal inputs give equal numbers, on one worker or many.</p>`
    }`;
}

function valueText(value: string | number | null): Content {
  if (value === null) return 'not stated';
  return typeof value === 'string' && /^[0-9a-f]{32,}$/.test(value) ? code(value) : String(value);
}

function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

function optionText(options: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(options);
  return entries.length === 0
    ? 'no options'
    : entries.map(([key, value]) => `${key} ${value === null ? 'none' : String(value)}`).join(', ');
}

/** 20251231 → "2025-12-31"; a table has no last day, which is kept as 0. */
function dayText(day: number | null | undefined): string {
  return day === null || day === undefined || day === 0
    ? 'not stated'
    : String(day).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}
