/**
 * The forest beside what it has to beat, on the same held-out discharges.
 */
import type { MetricInterval } from '../../model/index.ts';
import { figureBlock, notComputed } from '../figure.ts';
import { headlineOf, judgedKind, judgedOn, type Judged, type Headline } from '../headline.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { modelName, modelOrder, statisticName, statisticOrder } from '../names.ts';
import { isNumber, pValue, signed, withInterval } from '../number-text.ts';
import { forestPanelsSvg } from '../plots/forest-panels.ts';
import type { ReportInput } from '../report-input.ts';
import { blue, vermillion } from '../series-style.ts';
import { capital } from '../sentence.ts';
import { figureCell, table, type Column } from '../table.ts';
import type { Section } from './section.ts';

export type Compared = Pick<Headline, 'results' | 'differences'>;

export function baselinesSection({ metrics }: ReportInput): Section {
  const headline = headlineOf(metrics);
  const body =
    headline === undefined
      ? notComputed('the run holds no validation.')
      : html`<p>Every model was judged on the same ${judgedOn(metrics)}. ${beside[judgedKind(metrics)]}</p>
          ${comparisonFigure('fig-baselines', judgedOn(metrics), headline)}${resultTables(headline, capital(judgedOn(metrics)))}${repeatedTable(metrics)}`;
  return { id: 'baselines', title: 'Beside the baselines', body };
}

const sameFolds = html`Published scores (LACE, HOSPITAL, Charlson) were turned into risks within the training folds; “reason of
admission only” is the share of events among the training discharges admitted for the same reason.`;

const otherRecords = html`Published scores (LACE, HOSPITAL, Charlson) are judged by their order alone, since no risks were fitted
to them here.`;

const before = html`The model before its recalibration ranks alike, so that their difference in AUROC is 0 by construction.`;

const beside: Readonly<Record<Judged, Markup>> = {
  'held-out': sameFolds,
  external: otherRecords,
  local: html`${otherRecords} ${before}`,
};

/** Nothing where the validation was made once. */
function repeatedTable(metrics: ReportInput['metrics']): Markup | string {
  const { repeated } = metrics;
  if (repeated === undefined || repeated === null || judgedKind(metrics) !== 'held-out') return '';
  return table({
    caption: `The validation made ${repeated.repeats} times, with other folds each time: AUROC`,
    columns: [
      { head: 'Model', text: true, cell: (model: string) => modelName(model) },
      { head: 'Mean of the repeats', cell: (model) => figureCell(repeated.models[model]?.mean) },
      {
        head: 'Standard deviation between repeats',
        cell: (model) => {
          const spread = repeated.models[model]?.standardDeviation;
          return isNumber(spread) ? spread.toFixed(4) : 'n/a';
        },
      },
    ],
    rows: modelOrder(Object.keys(repeated.models)),
    emphasis: (model) => model === 'forest',
  });
}

/** @param of  the discharges judged, in words */
export function comparisonFigure(id: string, of: string, { results, differences }: Compared): Markup {
  const models = modelOrder(Object.keys(results)).filter((model) => isNumber(results[model]?.['auroc']?.estimate));
  const compared = Object.keys(differences).length > 0;
  return figureBlock({
    title: `AUROC of the forest and of its baselines, ${of}`,
    svg: forestPanelsSvg(
      {
        id,
        title: 'Forest plot of AUROC by model',
        description: models.map((model) => `${modelName(model)} ${withInterval(results[model]?.['auroc'])}`).join('; '),
      },
      [
        { label: 'AUROC', reference: 0.5, colour: blue },
        ...(compared ? [{ label: 'Forest minus this model', reference: 0, colour: vermillion, marker: 'diamond' as const }] : []),
      ],
      models.map((model) => ({
        label: modelName(model),
        emphasis: model === 'forest',
        figures: [results[model]?.['auroc'] ?? null, model === 'forest' ? undefined : (differences[model] ?? null)],
      })),
    ),
    reading: compared
      ? `Left: AUROC with 95 % interval; dashed: chance. Right: the difference, each resample of patients judged by both models; right of the dashed line the forest is better, and where the interval crosses it the data cannot tell. Numbers in the tables below.`
      : 'AUROC with 95 % interval; dashed: chance. Overlapping intervals do not test a difference. Numbers in the tables below.',
  });
}

const ranking = ['auroc', 'withinReasonAuroc', 'averagePrecision'];

/** Two tables, of ranking and of the risks themselves: one with all statistics is wider than a page. */
export function resultTables({ results, differences }: Compared, of: string): Markup {
  const models = modelOrder(Object.keys(results));
  const statistics = statisticOrder([...new Set(Object.values(results).flatMap((figures) => Object.keys(figures)))]);
  const name: Column<string> = { head: 'Model', text: true, cell: (model) => modelName(model) };
  const columns = (of: readonly string[]): Column<string>[] =>
    of.map((statistic) => ({
      head: html`${statisticName(statistic).name}<span class="ideal">${statisticName(statistic).ideal}</span>`,
      cell: (model) => figureCell(results[model]?.[statistic]),
    }));
  const emphasis = (model: string): boolean => model === 'forest';
  const risks = statistics.filter((statistic) => !ranking.includes(statistic));
  return html`${table({
    caption: `${of}: ranking, with 95 % intervals`,
    columns: [
      name,
      ...columns(statistics.filter((statistic) => ranking.includes(statistic))),
      ...(Object.keys(differences).length === 0 ? [] : differenceColumns(differences)),
    ],
    rows: models,
    emphasis,
  })}${
    risks.length === 0
      ? ''
      : table({
          caption: `${of}: the risks themselves, with 95 % intervals`,
          columns: [name, ...columns(risks)],
          rows: models,
          emphasis,
        })
  }`;
}

function differenceColumns(differences: Headline['differences']): Column<string>[] {
  const adjusted = Object.values(differences).some((difference) => isNumber(difference.pHolm));
  const own =
    (cell: (difference: (MetricInterval & { readonly pHolm?: number | null }) | undefined) => Content) => (model: string) =>
      model === 'forest' ? '' : cell(differences[model]);
  return [
    {
      head: html`Forest minus this<span class="ideal">difference in AUROC</span>`,
      cell: own((difference) => figureCell(difference, signed)),
    },
    ...(adjusted
      ? [
          {
            head: html`p, adjusted<span class="ideal">Holm, all differences</span>`,
            cell: own((difference) => pValue(difference?.pHolm)),
          },
        ]
      : []),
  ];
}
