/**
 * PROBAST+AI: quality of the development and risk of bias of the evaluation, answered from the run where a machine can.
 *
 * Choice  an answer of a person in card.yaml takes the place of the run's, and is marked so; what neither can answer "needs a person"
 * Choice  a domain's concern is what the guidance lets its answers raise: high with a "no", low with only "yes", else unclear. It is a
 *         proposal; the judgement is a person's
 * Source  ./card-probast.json; Moons et al. 2025, doi:10.1136/bmj-2024-082505
 */
import { z } from 'zod';
import { ProbastItemSchema, applicabilityAnswers, probastAnswers, probastPart, readProbastItems } from './card-item-lists.ts';
import { runAnswers, type RunAnswer } from './card-probast-run.ts';
import type { CardSources } from './card-sources.ts';

const NEEDS_PERSON = 'needs a person';

const by = z.enum(['run', 'person', 'nobody']);
const why = z.string().min(1);
export const ProbastSchema = z.strictObject({
  source: z.string().min(1),
  note: z.string().min(1),
  questions: z
    .array(z.strictObject({ ...ProbastItemSchema.shape, answer: z.enum([...probastAnswers, NEEDS_PERSON]), why, by }))
    .length(34),
  applicability: z
    .array(z.strictObject({ ...ProbastItemSchema.shape, answer: z.enum([...applicabilityAnswers, NEEDS_PERSON]), why, by }))
    .length(6),
  domains: z
    .array(
      z.strictObject({
        part: probastPart,
        domain: z.int(),
        title: z.string().min(1),
        concern: z.enum(['low', 'high', 'unclear']),
      }),
    )
    .length(8),
});
export type Probast = Readonly<z.infer<typeof ProbastSchema>>;

export function probastAssessment(sources: CardSources): Probast {
  const items = readProbastItems();
  const run = runAnswers(sources);
  const person = sources.statements.probast ?? {};
  const questions = items.questions.map((item) => ({
    ...item,
    ...answerOf(item.id, probastAnswers, person[item.id], run[item.id]),
  }));
  return {
    source: items.source,
    note: items.note,
    questions,
    applicability: items.applicability.map((item) => ({
      ...item,
      ...answerOf(item.id, applicabilityAnswers, person[item.id], undefined),
    })),
    domains: probastPart.options.flatMap((part) =>
      items.domains.map(({ number, title }) => ({
        part,
        domain: number,
        title,
        concern: concernOf(questions.filter((q) => q.part === part && q.domain === number).map(({ answer }) => answer)),
      })),
    ),
  };
}

/** A word that is no answer counts as none; the statements are checked for such before. */
function answerOf<A extends string>(
  id: string,
  allowed: readonly A[],
  person: { readonly answer: string; readonly why: string } | undefined,
  run: RunAnswer | undefined,
): { answer: A | typeof NEEDS_PERSON; why: string; by: 'run' | 'person' | 'nobody' } {
  const given = person ?? run;
  const answer = allowed.find((each) => each === given?.answer);
  if (given === undefined || answer === undefined) {
    return { answer: NEEDS_PERSON, why: `no record can answer this; state probast "${id}" in card.yaml`, by: 'nobody' };
  }
  return { answer, why: given.why, by: person === undefined ? 'run' : 'person' };
}

/** Concern that the answers of a domain raise. */
function concernOf(answers: readonly string[]): 'low' | 'high' | 'unclear' {
  if (answers.some((answer) => answer === 'no' || answer === 'probably no')) return 'high';
  const settled = ['yes', 'probably yes', 'not applicable'];
  return answers.every((answer) => settled.includes(answer)) ? 'low' : 'unclear';
}
