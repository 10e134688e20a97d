/**
 * A score as a CDS Hooks card.
 *
 * In      an answer and whom it is about; addresses that a browser can open
 * Out     one card without a null or an empty element
 * Choice  warning in the highest band of several, or from the operator's own threshold; info below; never critical, as nothing is lost
 *         within minutes
 * Choice  suggestions come with a warning alone: what is suggested for everybody is read by nobody
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { ServedModel } from '../model-source.ts';
import { detailOf, share, summaryOf } from './card-text.ts';
import { overrideCodings, topic } from './codes.ts';
import type { Card } from './standard.ts';
import { suggestionsFor } from './suggestions.ts';

export interface CardOptions {
  /** null where cards are not kept: then nobody could give feedback on it. */
  readonly uuid: string | null;
  /** `Patient/id` and `Encounter/id`. */
  readonly patient: string;
  readonly encounter: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Least risk of a warning; null: that of the highest band. */
  readonly warningFrom: number | null;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export function cardOf(answer: ScoreAnswer, model: ServedModel, options: CardOptions): Card {
  const { uuid, patient, encounter, baseUrl, nowMs } = options;
  const { name } = model.description.outcome;
  const summary = summaryOf(answer, name);
  const authoredOn = new Date(nowMs).toISOString();
  const isWarning = answer.risk >= (options.warningFrom ?? highestBand(model));
  const suggestions = suggestionsFor({
    card: uuid,
    patient,
    encounter: answer.encounter ?? encounter,
    discharge: answer.asOf ?? authoredOn,
    authoredOn,
    reason: `Risk ${share(answer.risk)}, base rate ${share(answer.baseRate)} (model ${answer.model.name})`.slice(0, 200),
  });
  return {
    ...(uuid === null ? {} : { uuid }),
    summary,
    indicator: isWarning ? 'warning' : 'info',
    detail: detailOf(answer, name),
    source: { label: 'Readmission risk', url: `${baseUrl}/`, topic },
    ...(isWarning ? { suggestions, selectionBehavior: 'any' } : {}),
    overrideReasons: [...overrideCodings],
    links: [
      { label: 'Readmission risk of all discharges', url: `${baseUrl}/`, type: 'absolute' },
      { label: 'The model: card, validation, limits', url: `${baseUrl}/#/model`, type: 'absolute' },
    ],
  };
}

/** Above every risk where there is one band, which says nothing. */
function highestBand({ description: { bands } }: ServedModel): number {
  return bands.length > 1 ? (bands.at(-1)?.from ?? Infinity) : Infinity;
}
