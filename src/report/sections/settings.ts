/**
 * One model in several settings side by side: how it did where it was trained, and how it does here.
 *
 * Choice  the settings hold different patients, so that no difference is tested: intervals stand beside each other
 */
import { figureBlock } from '../figure.ts';
import { html, type Content, type Markup } from '../markup.ts';
import { settingName, statisticName } from '../names.ts';
import { count, decimal, isNumber, percent, withInterval } from '../number-text.ts';
import { forestPanelsSvg, type ForestPanel } from '../plots/forest-panels.ts';
import type { ReportSetting } from '../report-input.ts';
import { blue, green, orange, vermillion } from '../series-style.ts';
import { figureCell, table, type Column } from '../table.ts';

const statistics = [
  'auroc',
  'averagePrecision',
  'brier',
  'scaledBrier',
  'calibrationIntercept',
  'calibrationSlope',
  'observedToExpected',
  'ici',
  'e90',
];

const panels: readonly (ForestPanel & { readonly statistic: string })[] = [
  { statistic: 'auroc', label: 'AUROC', reference: 0.5, colour: blue, marker: 'square' },
  { statistic: 'calibrationIntercept', label: 'Calibration intercept', reference: 0, colour: vermillion, marker: 'circle' },
  { statistic: 'calibrationSlope', label: 'Calibration slope', reference: 1, colour: orange, marker: 'triangle' },
  { statistic: 'observedToExpected', label: 'Observed / expected', reference: 1, colour: green, marker: 'diamond' },
];

export function settingsFigure(id: string, settings: readonly ReportSetting[]): Markup {
  return figureBlock({
    title: 'The model in each setting',
    svg: forestPanelsSvg(
      {
        id,
        title: 'Forest plot of discrimination and calibration by setting',
        description: settings
          .map(({ setting, figures }) => `${settingName(setting)}: AUROC ${withInterval(figures['auroc'])}`)
          .join('; '),
      },
      panels,
      settings.map(({ setting, figures }) => ({
        label: settingName(setting),
        emphasis: !trained.has(setting),
        figures: panels.map(({ statistic }) => figures[statistic] ?? null),
      })),
    ),
    reading: html`One row per setting, 95 % intervals from resampled patients. Dashed: chance for AUROC, the ideal for the others.
    Ranking may carry over where the level of the risks does not: AUROC and calibration are to be read
    apart.${settings.some(({ figures }) => !isNumber(figures['observedToExpected']?.lower)) ? ' A grey cross has no interval, since the folder of the model holds none.' : ''}`,
  });
}

const trained = new Set(['grouped', 'temporal']);

/** @param further  columns after the settings, by statistic */
export function settingsTable(
  caption: Content,
  settings: readonly ReportSetting[],
  further: readonly { readonly head: Content; readonly cell: (statistic: string) => Content }[] = [],
): Markup {
  const rows: readonly Row[] = [...sizes, ...statistics.map((statistic) => ({ statistic }))];
  const columns: Column<Row>[] = [
    { head: '', text: true, cell: ({ statistic, name }) => name ?? nameCell(statistic) },
    ...settings.map((setting) => ({
      head: settingName(setting.setting),
      cell: (row: Row) => row.of?.(setting) ?? figureCell(setting.figures[row.statistic ?? '']),
    })),
    ...further.map(({ head, cell }) => ({
      head,
      cell: ({ statistic }: Row) => (statistic === undefined ? '' : cell(statistic)),
    })),
  ];
  return table({ caption, columns, rows });
}

interface Row {
  readonly statistic?: string;
  readonly name?: string;
  readonly of?: (setting: ReportSetting) => string;
}

const sizes: readonly Row[] = [
  { name: 'Discharges', of: ({ rows }) => count(rows) },
  { name: 'Patients', of: ({ patients }) => count(patients) },
  { name: 'With the outcome', of: ({ events, rows }) => `${count(events)} (${percent(events / rows)})` },
  { name: 'Mean risk', of: ({ meanRisk }) => percent(meanRisk) },
];

function nameCell(statistic: string | undefined): Content {
  const { name, ideal } = statisticName(statistic ?? '');
  return html`${name}<span class="ideal">${ideal}</span>`;
}

/** "Observed 142 where the risks foretold 323.6: ..." */
export function levelText({ events, rows, meanRisk, figures }: ReportSetting): Content {
  if (meanRisk === null) return '';
  const ratio = figures['observedToExpected'];
  return html`The outcome followed ${count(events)} discharges where the risks foretold
  ${decimal(meanRisk * rows).replace(/\.\d+$/, '')}: observed to expected ${withInterval(ratio)}.`;
}
