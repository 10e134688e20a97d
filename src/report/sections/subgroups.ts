/**
 * Subgroups: does the model serve every group of patients alike?
 *
 * Choice  a group without figures keeps its row and says why, in the drawing and in the tables; so does a group whose counts are withheld
 */
import type { SubgroupEvidence, SubgroupTable } from '../../evaluation/evidence.ts';
import { figureBlock, notComputed } from '../figure.ts';
import { mainEvidence } from '../headline.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { count, decimal, percent, points, signed, type NumberText } from '../number-text.ts';
import { forestPanelsSvg, type ForestPanel, type ForestRow } from '../plots/forest-panels.ts';
import type { ReportInput } from '../report-input.ts';
import { blue, green, orange, vermillion } from '../series-style.ts';
import { capital } from '../sentence.ts';
import { figureCell, table, type Column } from '../table.ts';
import type { Section } from './section.ts';

export function subgroupsSection({ metrics }: ReportInput): Section {
  const evidence = mainEvidence(metrics);
  const tables = evidence?.subgroups ?? [];
  const thresholds = [...new Set(tables.map(({ threshold }) => percent(threshold)))];
  const body =
    tables.length === 0
      ? notComputed('the run holds no groups of patients.')
      : html`<p>
            A discharge counts as flagged from a risk of ${thresholds.join(', ')}. FNR: share of the events that were not flagged;
            FPR: share of the others that were flagged; PPV: share of the flagged with the event. Many groups are compared here:
            of twenty intervals one misses by chance.
          </p>
          ${groupFigure(tables, evidence?.headline['forest']?.['auroc']?.estimate ?? undefined)}${groupTables(tables)}`;
  return { id: 'subgroups', title: 'Subgroups', body };
}

function groupFigure(tables: readonly SubgroupTable[], overall: number | undefined): Markup {
  const rows = tables.flatMap(({ by, groups }): ForestRow[] => [
    { label: capital(by), heading: true, figures: [] },
    ...groups.map(({ group, events, suppressed, figures, differences }): ForestRow => {
      const label = events === null ? group : `${group} (${count(events)})`;
      if (suppressed !== null) return { label, note: suppressed, figures: [] };
      return { label, figures: [figures['auroc'] ?? null, ...rates.map((rate) => differences[rate] ?? null)] };
    }),
  ]);
  return figureBlock({
    title: 'Forest plot of the groups (events in brackets, where their number is told)',
    svg: forestPanelsSvg(
      {
        id: 'fig-subgroups',
        title: 'AUROC and differences in error rates by group',
        description:
          'One row per group: AUROC, and the difference of FNR, FPR and PPV from all other discharges, with 95 % intervals.',
      },
      [
        { label: 'AUROC', colour: blue, marker: 'square', ...(overall === undefined ? {} : { reference: overall }) },
        ...differencePanels,
      ],
      rows,
    ),
    reading: html`AUROC: the dashed line is that of all discharges. The other panels show the group minus all others in percentage
    points: FNR right of the dashed line means that more events are missed in this group. An arrow head says that the interval
    goes on, a grey cross that there are too few events for one; n/a stands for a figure that is withheld or has no value. Numbers
    in the tables below.`,
  });
}

const rates = ['fnr', 'fpr', 'ppv'] as const;

const differencePanels: readonly ForestPanel[] = (
  [
    ['FNR, difference', vermillion, 'circle'],
    ['FPR, difference', orange, 'triangle'],
    ['PPV, difference', green, 'diamond'],
  ] as const
).map(([label, colour, marker]) => ({
  label,
  colour,
  marker,
  reference: 0,
  tick: (value: number) => points(value).replace('.0', ''),
}));

type Row = { readonly heading: string } | (SubgroupEvidence & { readonly heading?: undefined });

function groupTables(tables: readonly SubgroupTable[]): Markup {
  const rows = tables.flatMap(({ by, notRecorded, groups }): Row[] => [
    { heading: capital(by) + notRecordedText(notRecorded) },
    ...groups,
  ]);
  const heading = (row: Row): string | undefined => row.heading;
  const column = (head: Column<SubgroupEvidence>['head'], cell: Column<SubgroupEvidence>['cell'], text = false): Column<Row> => ({
    head,
    text,
    cell: (row) => (row.heading === undefined ? cell(row) : ''),
  });
  const group = column('Group', (row) => row.group, true);
  const sizes = [
    column('n', (row) => countCell(row.rows)),
    column('Patients', (row) => countCell(row.patients)),
    column('Events', (row) => countCell(row.events)),
  ];
  const figure = (name: string, head: string, text?: NumberText): Column<Row> =>
    column(head, ({ rows: n, suppressed, figures }) => {
      if (suppressed !== null) return none('suppressed');
      return n === null && figures[name] === undefined ? none(WITHHELD) : figureCell(figures[name], text);
    });
  const difference = (name: string, unit: string, text: NumberText): Column<Row> =>
    column(
      html`minus the rest<span class="ideal">${unit}</span>`,
      ({ rows: n, suppressed, differences, differencesSuppressed }) => {
        if ((suppressed ?? differencesSuppressed ?? null) !== null) return none('suppressed');
        return n === null && differences[name] === undefined ? none(WITHHELD) : figureCell(differences[name], text);
      },
    );
  const suppressed = tables.flatMap(({ groups }) =>
    groups.flatMap(({ group: name, suppressed: why, differencesSuppressed }) => {
      if (why !== null) return [`${name} (${why})`];
      return (differencesSuppressed ?? null) === null ? [] : [`the differences of ${name} (${differencesSuppressed})`];
    }),
  );
  const withheld = tables.some(
    ({ notRecorded, groups }) =>
      notRecorded === null || groups.some(({ rows: n, suppressed: why }) => n === null && why === null),
  );
  return html`${table({
    caption: 'Groups: discrimination and calibration, with 95 % intervals',
    columns: [
      group,
      ...sizes,
      figure('auroc', 'AUROC', decimal),
      difference('auroc', 'AUROC', signed),
      figure('brier', 'Brier', decimal),
      figure('calibrationIntercept', 'Intercept', decimal),
      figure('calibrationSlope', 'Slope', decimal),
    ],
    rows,
    heading,
  })}${table({
    caption: 'Groups: error rates among the flagged and the not flagged, with 95 % intervals',
    columns: [group, ...rates.flatMap((rate) => [figure(rate, rate.toUpperCase(), percent), difference(rate, 'points', points)])],
    rows,
    heading,
  })}${suppressed.length === 0 ? '' : html`<p>Suppressed: ${suppressed.join('; ')}. Figures of so few would say more of chance, and of persons, than of the model.</p>`}${
    withheld
      ? html`<p>
          Withheld: counts from which those of a group of fewer than ten, or of fewer than ten events, would follow by
          subtraction. What remains of such a group has two decimals.
        </p>`
      : ''
  }`;
}

const WITHHELD = 'withheld';

function none(text: string): Markup {
  return html`<span class="none">${text}</span>`;
}

function countCell(value: number | null): Content {
  return value === null ? none(WITHHELD) : count(value);
}

function notRecordedText(rows: number | null): string {
  if (rows === null) return ' (not recorded for some discharges, their number withheld)';
  return rows > 0 ? ` (not recorded for ${count(rows)} discharges)` : '';
}
