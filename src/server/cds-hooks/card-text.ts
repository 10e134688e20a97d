/**
 * The words of a card: one line that can stand alone, and the reasons, limits and cautions behind it.
 *
 * Choice  the number never stands without its base rate and, where the model has one, its interval
 * Choice  what the risk was not told (not covered, missing, out of range) is said on the card, not only in the long answer
 * Choice  the one line holds nothing of the record; everything in the detail that may come from one is escaped (./markdown.ts)
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import { percentText } from '../fhir/percent.ts';
import { markdownText } from './markdown.ts';

/** The standard's limit: fewer than 140 characters. */
const longestSummary = 139;
/** Features named in a list; the rest is counted. */
const mostNamed = 6;

/** @param outcome  the outcome's name: unplanned-readmission */
export function summaryOf(answer: ScoreAnswer, outcome: string): string {
  const { risk, baseRate, horizonDays, interval, band } = answer;
  const what = `${outcomeWords(outcome)} within ${horizonDays} days: ${share(risk)}`;
  const within = interval === null ? '' : ` (${percentLevel(interval.level)} interval ${range(interval)})`;
  return (
    [`${what}${within}; base rate ${share(baseRate)}; band ${band}`, `${what}${within}; base rate ${share(baseRate)}`, what].find(
      (text) => text.length <= longestSummary,
    ) ?? `Risk ${share(risk)}, base rate ${share(baseRate)}`
  );
}

export function detailOf(answer: ScoreAnswer, outcome: string): string {
  const { interval, reasons, notCovered, missing, outOfTrainingRange, stay, notes, model } = answer;
  const paragraphs = [
    `**${share(answer.risk)}** risk: ${markdownText(answer.outcome)}. Band ${markdownText(answer.band)}: ${markdownText(answer.bandMeaning, 300)}.`,
    [
      `- Base rate, the share in training: ${share(answer.baseRate)}`,
      interval === null
        ? '- Interval: the model had too few events to say'
        : `- ${percentLevel(interval.level)} interval: ${range(interval)}, by ${interval.comparableDischarges} comparable discharges`,
    ].join('\n'),
    reasons.length === 0 ? '' : ['**What moved it most**', reasons.map(reasonLine).join('\n')].join('\n\n'),
    [
      named('Not covered by the records, so not known', notCovered),
      named('Missing', missing),
      named('Outside what the model was trained on', outOfTrainingRange),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    stay === null ? '' : stayLine(stay),
    notes.map((note) => `- ${markdownText(note)}`).join('\n'),
    `*${markdownText(answer.caution, 300)}* ${outcomeWords(outcome)} model ${markdownText(model.name, 80)}, SHA-256 ${model.sha256.slice(0, 12)}.`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** `unplanned-readmission` as `Unplanned readmission`. */
export function outcomeWords(name: string): string {
  const words = name.replaceAll('-', ' ').trim();
  return words === '' ? 'Outcome' : words.charAt(0).toUpperCase() + words.slice(1);
}

function reasonLine({ words, direction }: ScoreAnswer['reasons'][number]): string {
  return `- ${direction === 'raises' ? '▲ raises' : '▼ lowers'}: ${markdownText(words)}`;
}

function named(title: string, features: readonly string[]): string {
  if (features.length === 0) return '';
  const names = features.slice(0, mostNamed).map((name) => markdownText(name.replaceAll('_', ' ')));
  const more = features.length - names.length;
  return `- ${title}: ${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function stayLine({ admission, discharge, reason }: NonNullable<ScoreAnswer['stay']>): string {
  const why = reason === null ? '' : `, for ${markdownText(reason)}`;
  return `Stay from ${admission.slice(0, 10)} to ${discharge.slice(0, 10)} (end of the stay, or the time of this answer)${why}.`;
}

/** Percent for reading: one decimal, as thresholds have them, and never a chance told as none or as certain. */
export function share(value: number): string {
  const rounded = Number((100 * value).toFixed(1));
  const told = (rounded > 0 || value === 0) && (rounded < 100 || value === 1);
  return told ? `${rounded} %` : percentText(value);
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${share(low)} to ${share(high)}`;
}

function percentLevel(level: number): string {
  return `${Number((100 * level).toFixed(1))} %`;
}
