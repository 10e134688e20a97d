/**
 * PROBAST+AI and TRIPOD+AI as Markdown tables.
 */
import { bullets, escapeText, table } from './markdown-text.ts';
import type { ModelCard } from './model-card.ts';

export function assessmentTables({ probastAi, tripodAi }: ModelCard['assessments']): string[] {
  return [
    '## Risk of bias (PROBAST+AI)',
    `${escapeText(probastAi.note)} ${escapeText(probastAi.source)}. Concern is what the answers raise; the judgement is a person's.`,
    bullets(probastAi.domains.map(({ part, title, concern }) => `${part}, ${title}: ${concern}`)),
    table(
      ['item', 'question', 'answer', 'by', 'why'],
      [...probastAi.questions, ...probastAi.applicability].map(({ id, question, answer, by, why }) => [
        id,
        question,
        answer,
        by,
        why,
      ]),
    ),
    '## Reporting (TRIPOD+AI)',
    `${escapeText(tripodAi.note)} ${escapeText(tripodAi.source)}.`,
    table(
      ['item', 'asks', 'answer', 'by', 'text'],
      tripodAi.items.map(({ item, applies, asks, answer, by, text }) => [`${item} (${applies})`, asks, answer, by, text]),
    ),
  ];
}
