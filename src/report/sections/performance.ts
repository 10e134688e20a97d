/**
 * Discrimination and calibration of one set of held-out risks.
 */
import type { CalibrationEvidence, Curve, Evidence } from '../../evaluation/evidence.ts';
import { figureBlock, legend, notComputed, numbersTable, pair } from '../figure.ts';
import { judgedKind, judgedOn, mainEvidence } from '../headline.ts';
import { html, type Markup } from '../markup.ts';
import { count, decimal, decimals, percent, withInterval } from '../number-text.ts';
import { calibrationSvg, type OracleGroup } from '../plots/calibration.ts';
import { curvePoints } from '../plots/curve-points.ts';
import { precisionRecallSvg, rocSvg } from '../plots/share-curves.ts';
import type { ReportInput } from '../report-input.ts';
import { blue, ink, muted, orange } from '../series-style.ts';
import { figureCell, table } from '../table.ts';
import type { Section } from './section.ts';

export function discriminationSection({ metrics }: ReportInput): Section {
  const evidence = mainEvidence(metrics);
  return {
    id: 'discrimination',
    title: 'Discrimination',
    body: evidence === undefined ? notComputed('the run holds no curves.') : discrimination(evidence),
  };
}

function discrimination(evidence: Evidence): Markup {
  const forest = evidence.headline['forest'] ?? {};
  const prevalence = evidence.events / evidence.rows;
  return html`<p>
      AUROC ${withInterval(forest['auroc'])}, the chance that a discharge with the event has a higher risk than one without.
      DeLong's method, over all pairs of discharges and as if they were independent, gives ${withInterval(evidence.delong)}; the
      figure from resampled patients is the one to quote, since patients return. Average precision
      ${withInterval(forest['averagePrecision'])}, against a prevalence of ${decimal(prevalence)}.
    </p>
    ${pair(
      figureBlock({
        title: 'ROC curve',
        svg: rocSvg(
          {
            id: 'fig-roc',
            title: 'ROC curve of the forest',
            description: `Area under the curve ${withInterval(forest['auroc'])}.`,
          },
          evidence.roc,
        ),
        reading: html`Sensitivity against false positive rate over all thresholds. The further above the dashed line of chance,
        the better. Shaded: pointwise 95 % band.`,
        numbers: curveNumbers(evidence.roc, 'False positive rate', 'Sensitivity', 'ROC curve'),
      }),
      figureBlock({
        title: 'Precision and recall',
        svg: precisionRecallSvg(
          {
            id: 'fig-pr',
            title: 'Precision and recall of the forest',
            description: `Average precision ${withInterval(forest['averagePrecision'])}; prevalence ${percent(prevalence)}.`,
          },
          evidence.precisionRecall,
          prevalence,
        ),
        reading: html`Of those flagged, the share with the event (precision), while more and more of the events are found
        (recall). The dashed line is the prevalence: flagging at random.`,
        numbers: curveNumbers(evidence.precisionRecall, 'Recall', 'Precision', 'Precision-recall curve'),
      }),
    )}`;
}

export function calibrationSection({ metrics }: ReportInput): Section {
  const evidence = mainEvidence(metrics);
  // The truth of a recalibrated model's folder is of its parent's records.
  const oracle = judgedKind(metrics) === 'local' ? [] : (metrics.truth?.models['forest']?.groups ?? []);
  const body =
    evidence === undefined
      ? notComputed('the run holds no calibration curve.')
      : html`${calibrationFigure(evidence.calibration, 'fig-calibration', `risks, ${judgedOn(metrics)}`, oracle)}${calibrationTable(evidence)}`;
  return { id: 'calibration', title: 'Calibration', body };
}

export function calibrationFigure(
  evidence: CalibrationEvidence,
  id: string,
  of: string,
  oracle: readonly OracleGroup[] = [],
): Markup {
  return figureBlock({
    title: `Calibration of the ${of}, and how many discharges have each risk`,
    svg: calibrationSvg(
      {
        id,
        title: 'Calibration curve with histogram',
        description: `Intercept ${withInterval(evidence.intercept)}, slope ${withInterval(evidence.slope)}; mean distance from the diagonal ${withInterval(evidence.ici)}.`,
      },
      evidence,
      oracle,
    ),
    legend: legend([
      { label: 'smoothed', style: { colour: blue, dash: '', width: 2.4 } },
      { label: 'groups of equal size, 95 %', style: { colour: ink, dash: '', width: 1.2 }, marker: 'square' },
      { label: 'ideal', style: { colour: muted, dash: '5 4', width: 1.2 } },
      ...(oracle.length === 0
        ? []
        : [
            {
              label: 'mean true risk of the group',
              style: { colour: orange, dash: '', width: 0 },
              marker: 'diamond' as const,
              solid: true,
            },
          ]),
    ]),
    reading: html`Where the curve lies on the dashed diagonal, as many had the event as the risk said; above it the risk was too
    low, below it too high. Trust the curve only where the histogram below shows
    discharges.${
      oracle.length === 0
        ? ''
        : ' Diamonds show the mean true risk, which planting makes known: their distance from the diagonal is free of the chance in the outcomes.'
    }`,
    numbers: html`${numbersTable(
      [
        { head: 'Group', cell: ({ group }) => group },
        { head: 'Discharges', cell: ({ rows }) => count(rows) },
        { head: 'Events', cell: ({ events }) => count(events) },
        { head: 'Mean risk', cell: ({ meanRisk }) => percent(meanRisk) },
        { head: 'Observed share', cell: (group) => withInterval(group, percent) },
        ...(oracle.length === 0
          ? []
          : [
              {
                head: 'Mean true risk',
                cell: ({ group, rows }: { group: number; rows: number }) => percent(trueRisk(oracle[group - 1], rows)),
              },
            ]),
      ],
      evidence.groups.map((group, g) => ({ group: g + 1, ...group })),
      'Groups of rising risk, with Wilson intervals; those with few events are joined',
    )}${curveNumbers(evidence.smooth, 'Risk', 'Observed share', 'Smoothed calibration curve')}${numbersTable(
      [
        { head: 'Risk from', cell: ({ from }) => decimal(from) },
        { head: 'to', cell: ({ to }) => decimal(to) },
        { head: 'With the event', cell: ({ events }) => count(events) },
        { head: 'Without', cell: ({ others }) => count(others) },
      ],
      evidence.histogram,
      'Histogram of the risks; bins with few discharges are joined',
    )}`,
  });
}

/** Of the same discharges: where labels differ from what was planted the groups can be joined otherwise. */
function trueRisk(group: OracleGroup | undefined, rows: number): number | null {
  return group === undefined || (group.n ?? rows) !== rows ? null : group.meanOracle;
}

function calibrationTable({ calibration, brier }: Evidence): Markup {
  const rows = [
    {
      name: 'Intercept',
      value: figureCell(calibration.intercept),
      reading: 'Are the risks too low (above 0) or too high (below 0) on the whole? Log odds; ideal 0.',
    },
    {
      name: 'Slope',
      value: figureCell(calibration.slope),
      reading: 'Are the risks too extreme (below 1) or too timid (above 1)? Ideal 1.',
    },
    {
      name: 'ICI',
      value: figureCell(calibration.ici),
      reading:
        'Mean distance of the smoothed observed share from the risk, over all discharges. It is never 0, also where every risk is right, and no test of that.',
    },
    { name: 'E50', value: figureCell(calibration.e50), reading: 'Median of that distance.' },
    { name: 'E90', value: figureCell(calibration.e90), reading: '90th percentile of that distance.' },
    { name: 'Emax', value: figureCell(calibration.emax), reading: 'The largest distance; unsteady by nature.' },
    { name: 'Brier score', value: figureCell(brier.brier), reading: 'Mean squared error of the risks; smaller is better.' },
    {
      name: 'Scaled Brier',
      value: figureCell(brier.scaled),
      reading: 'Share of the error of the prevalence that is taken away; 0 is no better than the prevalence.',
    },
    { name: 'Log loss', value: figureCell(brier.logLoss), reading: 'Mean surprise at the outcomes; smaller is better.' },
    {
      name: 'Brier in parts',
      value: html`<span class="formula"
        >${fine(brier.reliability)} − ${fine(brier.resolution)} + ${fine(brier.uncertainty)} ${brier.withinBin < 0 ? '−' : '+'}
        ${fine(Math.abs(brier.withinBin))}</span
      >`,
      reading: 'Reliability − resolution + uncertainty + spread within bins.',
    },
  ];
  return table({
    caption: 'Calibration and overall error, with 95 % intervals',
    columns: [
      { head: 'Statistic', text: true, cell: ({ name }) => name },
      { head: 'Value', cell: ({ value }) => value },
      { head: 'What it says', text: true, cell: ({ reading }) => reading },
    ],
    rows,
  });
}

const fine = decimals(4);

export function curveNumbers(curve: Curve, x: string, y: string, caption: string): Markup {
  return numbersTable(
    [
      { head: x, cell: (point) => decimal(point.x) },
      { head: y, cell: (point) => decimal(point.y) },
      { head: '95 % from', cell: (point) => decimal(point.lower) },
      { head: 'to', cell: (point) => decimal(point.upper) },
    ],
    curvePoints(curve),
    caption,
  );
}
