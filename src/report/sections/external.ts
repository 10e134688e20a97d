/**
 * External validation: the model as it is on records of another source, beside how it did where it was trained.
 */
import { importedFrom } from '../../model/index.ts';
import { notComputed } from '../figure.ts';
import { judgedKind } from '../headline.ts';
import { html, type Markup } from '../markup.ts';
import { percent } from '../number-text.ts';
import type { ReportInput, ReportSetting } from '../report-input.ts';
import type { Section } from './section.ts';
import { levelText, settingsFigure, settingsTable } from './settings.ts';

/** @returns undefined for a report of a model's own records */
export function externalSection({ metrics, header }: ReportInput): Section | undefined {
  if (judgedKind(metrics) !== 'external') return undefined;
  const settings = metrics.settings ?? [];
  const here = settings.find(({ setting }) => setting === 'external');
  return {
    id: 'external',
    title: 'External beside internal validation',
    body:
      here === undefined
        ? notComputed('the run holds no figures of the settings.')
        : content(header, settings, here, metrics.judged?.synthetic),
  };
}

function content(
  header: ReportInput['header'],
  settings: readonly ReportSetting[],
  here: ReportSetting,
  synthetic: boolean | undefined,
): Markup {
  const internal = settings.filter(({ setting }) => setting !== 'external');
  const at = internal.find(({ setting }) => setting === 'grouped');
  return html`<p>
      This is an external validation: “${header.name}” as it is, nothing fitted anew, on
      ${importedFrom(header) === undefined ? 'records of another source than those it was trained on' : 'rows that its forest is said not to have been trained on, which cannot be checked here'}.${synthetic === undefined ? '' : synthetic ? ' These records are made up.' : ' These records are not said to be made up.'}
      ${levelText(here)}
      ${at === undefined ? '' : html`At training ${percent(at.events / at.rows)} of the held-out discharges had the outcome, here ${percent(here.events / here.rows)}.`}
    </p>
    ${internal.length === 0 ? notComputed('the folder of the model holds no figures of its training; those here stand alone.') : ''}
    ${settingsFigure('fig-settings', settings)}
    ${settingsTable('External beside internal validation, with 95 % intervals', settings)}
    <p>
      Average precision and Brier score follow the share of events and compare only where that is alike. A lower AUROC may also
      come from patients who are more alike than those of training, not only from a model that fits them less well.
    </p>`;
}
