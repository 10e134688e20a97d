/**
 * Leakage audit: could the model have seen the answer?
 */
import type { LeakageCheck } from '../../evaluation/evidence.ts';
import { notComputed } from '../figure.ts';
import { html, trusted, type Content, type Markup } from '../markup.ts';
import { compact, count } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import { capital, groupedCounts, keyWords } from '../sentence.ts';
import { table } from '../table.ts';
import type { Section } from './section.ts';

const names: Readonly<Record<string, string>> = {
  'single-feature': 'One feature alone',
  'reason-only': 'Reason of admission alone',
  'as-of': 'Facts after discharge',
  'duplicate-patients': 'Duplicate patients',
  'calendar-time': 'Calendar time',
  'record-length': 'Length of record',
  'label-permutation': 'Labels dealt by chance',
};

const verdicts: Readonly<Record<LeakageCheck['verdict'], string>> = {
  pass: '✓ pass',
  warn: '▲ warn',
  fail: '✗ fail',
  'not-assessed': '– not assessed',
};

export function leakageSection({ metrics }: ReportInput): Section {
  const { leakage } = metrics;
  const body =
    leakage === undefined || leakage === null
      ? notComputed('the run holds no leakage audit.')
      : html`<p>
            Verdict over all checks: ${verdict(leakage.verdict)}. Passing says that these ways of leaking were looked for and not
            found, not that there is none.
          </p>
          ${table<LeakageCheck>({
            caption: 'Checks',
            columns: [
              { head: 'Check', text: true, cell: ({ check }) => checkName(check) },
              { head: 'Verdict', text: true, cell: (check) => verdict(check.verdict) },
              { head: 'Finding', text: true, cell: findingOf },
              { head: 'Bound', text: true, cell: ({ bound }) => capital(bound) },
            ],
            rows: leakage.checks,
          })}`;
  return { id: 'leakage', title: 'Leakage audit', body };
}

export function checkName(check: string): string {
  return Object.hasOwn(names, check) ? (names[check] as string) : check;
}

function verdict(value: LeakageCheck['verdict']): Markup {
  const known = Object.hasOwn(verdicts, value) ? value : 'not-assessed';
  return html`<span class="verdict ${trusted(known)}">${verdicts[known]}</span>`;
}

function findingOf({ finding, figures, features }: LeakageCheck): Content {
  const numbers = Object.entries(figures).map(
    ([name, value]) => `${keyWords(name)} ${value !== null && Number.isInteger(value) ? count(value) : compact(value)}`,
  );
  return html`${groupedCounts(capital(finding))}${numbers.length === 0 ? '' : html`<span class="note">${numbers.join('; ')}</span>`}${
    features.length === 0 ? '' : html`<span class="note">Features: ${features.join(', ')}</span>`
  }`;
}
