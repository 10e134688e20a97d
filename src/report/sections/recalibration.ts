/**
 * Recalibration: what fitting the risks to local discharges did to them.
 *
 * Choice  "after" is of maps that were not fitted on the patients they judge; the map the model has was fitted on all of them, and says so
 */
import { figureBlock, legend, notComputed } from '../figure.ts';
import { importedFrom } from '../../model/index.ts';
import { html, type Markup } from '../markup.ts';
import { count, pValue, percent, signed, withInterval } from '../number-text.ts';
import { afterStyle, beforeStyle, calibrationChangeSvg } from '../plots/calibration-change.ts';
import type { ReportInput, ReportRecalibration, ReportSetting } from '../report-input.ts';
import { muted } from '../series-style.ts';
import { figureCell } from '../table.ts';
import { curveNumbers } from './performance.ts';
import type { Section } from './section.ts';
import { levelText, settingsFigure, settingsTable } from './settings.ts';

/** @returns undefined for a model that was not recalibrated */
export function recalibrationSection({ metrics, header }: ReportInput): Section | undefined {
  const { recalibration } = metrics;
  if (recalibration === undefined || recalibration === null || header.parent === undefined) return undefined;
  const after = metrics.evidence?.local?.calibration;
  return {
    id: 'recalibration',
    title: 'Before and after recalibration',
    body: html`${opening(recalibration, header.parent.name, importedFrom(header))}${cautions(recalibration)}${changeFigure(recalibration, after, importedFrom(header) !== undefined)}${comparison(recalibration)}`,
  };
}

const methods: Readonly<Record<string, string>> = {
  intercept: 'their level was fitted (one number)',
  slope: 'their level and spread were fitted (two numbers)',
  isotonic: 'a rising curve of free form was fitted to them',
};

/** @param imported  file that the forest came in, where it was trained elsewhere */
function opening(
  { method, discharges, patients, events, settings }: ReportRecalibration,
  parent: string,
  imported: string | undefined,
): Markup {
  const of = (name: string): ReportSetting | undefined => settings?.find(({ setting }) => setting === name);
  const [before, after] = [of('before'), of('after')];
  return html`<p>
      ${imported === undefined ? html`The forest is that of “${parent}”` : html`The forest was trained elsewhere and came in the file ${imported}`};
      its risks were fitted to ${count(discharges)} local discharges of ${count(patients)} patients, ${count(events)} with the
      outcome (${percent(events / discharges)}): ${methods[method] ?? method}. All figures of this report are of these
      discharges${imported === undefined ? html` but where it says that they are of “${parent}”` : ''}.${
        imported === undefined ? '' : ' That the forest was not trained on any of them was said, and cannot be checked.'
      }
    </p>
    <ul>
      ${before === undefined ? '' : html`<li><strong>Before.</strong> ${imported === undefined ? html`“${parent}” as it was` : 'The output of the forest as it was'}, not fitted here. ${levelText(before)}</li>`}
      ${
        after === undefined
          ? html`<li><strong>After.</strong> Not told: four fifths of the discharges are too few to fit on.</li>`
          : html`<li>
              <strong>After.</strong> The local discharges are also what the map was fitted on, so the map is not judged by
              itself: each fifth of the patients is judged by a map fitted on the other four fifths. ${levelText(after)} The map
              the model has was fitted on all of them; later discharges of this site are its real
              test${imported === undefined ? ' (readmission monitor)' : ''}.
            </li>`
      }
    </ul>`;
}

function cautions({ caution, updateTest }: ReportRecalibration): Markup {
  return html`${caution === undefined || caution === null ? '' : html`<p class="alert"><strong>Few events.</strong> ${caution}.</p>`}${
    updateTest === undefined || updateTest === null
      ? ''
      : html`<p>
          Do the data call for it? Level and slope against the risks as they were: p ${pText(updateTest.pUpdate)}; level and slope
          against the level alone: p ${pText(updateTest.pSlope)}. By closed testing at 5 % (Vergouwe and others 2017), which takes
          discharges as independent, they support ${supported[updateTest.supported] ?? updateTest.supported}.
        </p>`
  }`;
}

const supported: Readonly<Record<string, string>> = {
  none: 'no update: the risks as they were are not contradicted',
  intercept: 'a new level (method intercept), no more',
  slope: 'a new level and slope (method slope)',
};

/** "< 0.001", "= 0.032". */
function pText(value: number | null): string {
  const text = pValue(value);
  return text.startsWith('<') ? text : `= ${text}`;
}

function changeFigure(
  { calibrationBefore: before }: ReportRecalibration,
  after: NonNullable<ReportRecalibration['calibrationBefore']> | undefined,
  imported: boolean,
): Markup {
  if (before === undefined) return notComputed('the folder of the model holds no calibration curve of before.');
  return figureBlock({
    title: 'Calibration on the local discharges, before and after',
    svg: calibrationChangeSvg(
      {
        id: 'fig-recalibration',
        title: 'Calibration curves before and after recalibration',
        description:
          `Before: intercept ${withInterval(before.intercept)}, slope ${withInterval(before.slope)}` +
          (after === undefined
            ? '.'
            : `; after: intercept ${withInterval(after.intercept)}, slope ${withInterval(after.slope)}.`),
      },
      before,
      after,
    ),
    legend: legend([
      { label: imported ? 'before: output of the forest' : 'before: the parent', style: beforeStyle },
      ...(after === undefined ? [] : [{ label: 'after, cross-fitted', style: afterStyle }]),
      { label: 'ideal', style: { colour: muted, dash: '5 4', width: 1.2 } },
    ]),
    reading: html`Smoothed observed share by risk, with 95 % bands. Below the diagonal the risks are too high, above it too low.
    Each curve spans the risks that its map gives: how many discharges have each, see “Calibration”.`,
    numbers: html`${curveNumbers(before.smooth, 'Risk', 'Observed share', 'Smoothed calibration curve, before')}${
      after === undefined ? '' : curveNumbers(after.smooth, 'Risk', 'Observed share', 'Smoothed calibration curve, after')
    }`,
  });
}

function comparison({ settings = [], differences }: ReportRecalibration): Markup {
  if (settings.length === 0) return html``;
  return html`${settingsFigure('fig-settings', settings)}${settingsTable(
      `${settings.some(({ setting }) => setting !== 'before' && setting !== 'after') ? 'The parent at training, and before' : 'Before'} and after recalibration here, with 95 % intervals`,
      settings,
      differences === undefined || differences === null
        ? []
        : [
            {
              head: html`After minus before<span class="ideal">same resamples</span>`,
              cell: (statistic) => (differences[statistic] === undefined ? '' : figureCell(differences[statistic], signed)),
            },
          ],
    )}
    <p>
      A map that rises leaves the order of the discharges, and so AUROC, as it was (counted over pairs of the same fifth);
      isotonic steps make some risks equal. Average precision is pooled over the five maps of cross-fitting and moves a little for
      that alone.
    </p>`;
}
