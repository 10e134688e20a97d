/**
 * What this report cannot say.
 */
import { NO_EXTERNAL_VALIDATION } from '../../model/index.ts';
import { headlineOf, judgedKind, populationOf, type Judged } from '../headline.ts';
import { html } from '../markup.ts';
import { count } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import { groupedCounts } from '../sentence.ts';
import type { Section } from './section.ts';

export function limitsSection({ metrics, header, limits, planting }: ReportInput): Section {
  const planted = (planting !== undefined && planting !== null) || (metrics.truth !== undefined && metrics.truth !== null);
  const kind = judgedKind(metrics);
  const synthetic = populationOf(metrics).judged?.synthetic ?? header.training.synthetic;
  const events = headlineOf(metrics)?.events ?? header.training.events;
  const judged = headlineOf(metrics) !== undefined;
  const lines = [
    ...(synthetic
      ? [
          'Nothing about real patients: the records are made up. A figure here foretells no figure at a hospital, in either direction.',
        ]
      : []),
    ...(planted
      ? [
          'Which method is better: the planted risk is additive on the log-odds scale but for a few products, and such a truth favours logistic regression. Rankings found here do not carry over to real hospitals.',
          'How hard the problem is elsewhere: the strength of the planted effects was chosen, and AUROC follows from that choice.',
        ]
      : []),
    'That anything here causes readmission, or that changing a feature would change the risk.',
    ...(judged
      ? ['That acting on the risks helps: net benefit assumes that the action works and costs what the threshold says.']
      : []),
    elsewhere[kind],
    ...(events < 200 ? [`Much about small differences: there are ${count(events)} events.`] : []),
    ...(judged ? ['That groups without shown figures are served well: too few events are no evidence of fairness.'] : []),
    ...(kind === 'external' ? [] : (limits ?? [])),
  ];
  const ofCard = kind === 'external' ? (limits ?? []).filter((line) => line !== NO_EXTERNAL_VALIDATION) : [];
  return {
    id: 'limits',
    title: 'What this report cannot say',
    body: html`<ul>
        ${[...new Set(lines)].map((line) => html`<li>${groupedCounts(line)}</li>`)}
      </ul>
      ${
        ofCard.length === 0
          ? ''
          : html`<h3>What the card of the model says of it</h3>
              <ul>
                ${ofCard.map((line) => html`<li>${groupedCounts(line)}</li>`)}
              </ul>`
      }`,
  };
}

const elsewhere: Readonly<Record<Judged, string>> = {
  'held-out':
    'How the model does at another site, in later years or in groups that are not listed: that needs a validation there.',
  external:
    'How the model does at a further site, in later years or in groups that are not listed: this is a validation on one set of other records.',
  local: 'How the recalibrated model does on later discharges of this site, or at another: that needs a validation there.',
};
