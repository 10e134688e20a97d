/**
 * What a RiskAssessment says to people: rationale, notes, and the narrative that any FHIR viewer shows.
 *
 * Choice  the same words as everywhere; markup in them is written out, since words may come from a researcher's own features
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import { percentText } from './percent.ts';

/** Reasons told in the rationale and the narrative; every one is in the extension. */
const toldReasons = 5;

export function rationaleOf({ risk, baseRate, reasons }: ScoreAnswer): string {
  const told = reasons.slice(0, toldReasons);
  const list = (direction: 'raises' | 'lowers'): string => {
    const words = told.filter((reason) => reason.direction === direction).map((reason) => reason.words);
    return words.length === 0 ? '' : ` ${direction === 'raises' ? 'Raised' : 'Lowered'} most by: ${words.join('; ')}.`;
  };
  return `Risk ${percentText(risk)}, base rate ${percentText(baseRate)}.${list('raises')}${list('lowers')}`;
}

export function notesOf({ caution, notes, missing, notCovered, outOfTrainingRange, coverage }: ScoreAnswer): fhir4.Annotation[] {
  const named = (what: string, features: readonly string[]): string[] =>
    features.length === 0 ? [] : [`${what}: ${features.map((name) => name.replaceAll('_', ' ')).join(', ')}.`];
  return [
    caution,
    ...notes.map(sentence),
    ...named('Not measured', missing),
    ...named('Not covered by the records, so missing and not zero', notCovered),
    ...named('Outside the range the model was trained on', outOfTrainingRange),
    ...(coverage?.assumed === true ? [`What was searched was not stated; taken to be ${coverage.types.join(', ')}.`] : []),
  ].map((text) => ({ text }));
}

export function narrativeOf(answer: ScoreAnswer, title: string): fhir4.Narrative {
  const { risk, interval, baseRate, band, bandMeaning, reasons, caution } = answer;
  const within =
    interval === null
      ? ''
      : ` (${percentOfLevel(interval.level)} interval ${percentText(interval.low)} to ${percentText(interval.high)})`;
  const lines = [
    `<p><b>${escaped(title)}: ${percentText(risk)}</b>${within}, base rate ${percentText(baseRate)}; band ${escaped(band)}: ${escaped(bandMeaning)}</p>`,
    reasons.length === 0
      ? ''
      : `<ul>${reasons
          .slice(0, toldReasons)
          .map(({ words, direction }) => `<li>${escaped(words)} (${direction} the risk)</li>`)
          .join('')}</ul>`,
    `<p>${escaped(caution)}</p>`,
  ];
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${lines.join('')}</div>` };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

function percentOfLevel(level: number): string {
  return `${Number((100 * level).toFixed(1))} %`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
