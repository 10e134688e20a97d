/**
 * Usefulness: what acting on the risks would bring, over thresholds and at the rules that were asked for.
 */
import type { ActionEvidence, Evidence } from '../../evaluation/evidence.ts';
import { figureBlock, legend, notComputed, numbersTable, pair } from '../figure.ts';
import { mainEvidence } from '../headline.ts';
import { html, type Markup } from '../markup.ts';
import { modelName } from '../names.ts';
import { count, decimals, percent } from '../number-text.ts';
import { FIRST_THRESHOLD, LAST_THRESHOLD, decisionBaselines, decisionCurveSvg, drawnBaselines } from '../plots/decision-curve.ts';
import { gainsSvg } from '../plots/share-curves.ts';
import type { ReportInput } from '../report-input.ts';
import { ink, muted, seriesStyle } from '../series-style.ts';
import { shortNumbers } from '../sentence.ts';
import { figureCell, table } from '../table.ts';
import { curveNumbers } from './performance.ts';
import type { Section } from './section.ts';

export function usefulnessSection({ metrics }: ReportInput): Section {
  const evidence = mainEvidence(metrics);
  const body =
    evidence === undefined
      ? notComputed('the run holds no net benefit and no actions.')
      : html`${decisionFigure(evidence)}${pair(gainsFigure(evidence), words)}${actionTable(evidence.actions)}`;
  return { id: 'usefulness', title: 'Clinical usefulness', body };
}

function decisionFigure({ decision }: Evidence): Markup {
  const baselines = decisionBaselines(decision);
  const rows = decision.model.x.map((threshold, i) => ({ threshold, i }));
  return figureBlock({
    title: 'Decision curve',
    svg: decisionCurveSvg(
      {
        id: 'fig-decision',
        title: 'Decision curve',
        description:
          'Net benefit of the forest, of each baseline and of acting on all, over thresholds from 5 to 40 %; acting on none is 0.',
      },
      decision,
    ),
    legend: legend([
      { label: modelName('forest'), style: seriesStyle('forest') },
      ...drawnBaselines(decision).map((name, place) => {
        const style = seriesStyle(name, place);
        return { label: modelName(name), style, marker: style.marker };
      }),
      { label: 'Act on all', style: { colour: muted, dash: '2 3', width: 1.8 } },
      { label: 'Act on none', style: { colour: ink, dash: '', width: 1.5 } },
    ]),
    reading: html`Choose the threshold at which you would act: at 20 %, one event prevented is worth four needless actions. The
    highest curve there is the best policy; a model is of use only where it lies above both “act on all” and “act on none”. Net
    benefit is events found minus needless actions weighed by the odds of the threshold, per discharge. Shaded: 95 % band of the
    forest.`,
    numbers: numbersTable(
      [
        { head: 'Threshold', cell: ({ threshold }) => percent(threshold) },
        { head: modelName('forest'), cell: ({ i }) => fine(decision.model.y[i]) },
        { head: '95 % from', cell: ({ i }) => fine(decision.model.lower[i]) },
        { head: 'to', cell: ({ i }) => fine(decision.model.upper[i]) },
        { head: 'Act on all', cell: ({ i }) => fine(decision.all[i]) },
        ...baselines.map((name) => ({
          head: modelName(name),
          cell: ({ i }: { i: number }) => fine(decision.baselines[name]?.[i]),
        })),
      ],
      rows.filter(({ threshold }) => threshold >= FIRST_THRESHOLD - 1e-9 && threshold <= LAST_THRESHOLD + 1e-9),
      'Net benefit per discharge; acting on none is 0',
    ),
  });
}

function gainsFigure(evidence: Evidence): Markup {
  const prevalence = evidence.events / evidence.rows;
  return figureBlock({
    title: 'Cumulative gains',
    svg: gainsSvg(
      {
        id: 'fig-gains',
        title: 'Cumulative gains of the forest',
        description: 'Share of the events found among the discharges with the highest risk.',
      },
      evidence.gains,
      prevalence,
    ),
    reading: html`If only so many of the discharges can be followed up (across), this share of all events is among them (up).
    Dashed: picking at random. Dotted: a model without error. Shaded: 95 % band.`,
    numbers: curveNumbers(evidence.gains, 'Share of discharges', 'Share of events', 'Cumulative gains'),
  });
}

const words = html`<dl class="words">
  <dt>Sensitivity</dt>
  <dd>Of the discharges with the event, the share that is flagged.</dd>
  <dt>Specificity</dt>
  <dd>Of those without, the share that is left alone.</dd>
  <dt>PPV</dt>
  <dd>Of the flagged, the share with the event.</dd>
  <dt>NPV</dt>
  <dd>Of the others, the share without it.</dd>
  <dt>Number needed to evaluate</dt>
  <dd>Flagged discharges to look at for one with the event, 1 / PPV.</dd>
  <dt>Capacity</dt>
  <dd>So many of each day, the highest risks of that day, whatever their risk.</dd>
</dl>`;

function actionTable(actions: readonly ActionEvidence[]): Markup {
  if (actions.length === 0) return notComputed('no threshold and no capacity was asked for.');
  return table({
    caption: 'Acting by a rule: what is found, what is missed, what it costs (95 % intervals)',
    columns: [
      { head: 'Rule', text: true, cell: ({ rule }) => shortNumbers(rule) },
      { head: 'Flagged', cell: ({ flagged }) => count(flagged) },
      { head: 'per 100', cell: (a) => figureCell(a.flaggedPer100, decimals(1)) },
      { head: 'True positives', cell: ({ truePositives }) => count(truePositives) },
      { head: 'Sensitivity', cell: (a) => figureCell(a.sensitivity, percent) },
      { head: 'Specificity', cell: (a) => figureCell(a.specificity, percent) },
      { head: 'PPV', cell: (a) => figureCell(a.ppv, percent) },
      { head: 'NPV', cell: (a) => figureCell(a.npv, percent) },
      { head: 'Number to evaluate', cell: (a) => figureCell(a.numberNeededToEvaluate, decimals(1)) },
    ],
    rows: actions,
  });
}

const fine = decimals(4);
