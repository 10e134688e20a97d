/**
 * TRIPOD+AI: what a report of this model has to tell, answered from the run where a machine can.
 *
 * Choice  a statement of a person in card.yaml takes the place of the run's answer; what neither can answer "needs a person"
 * Source  ./card-tripod.json; Collins et al. 2024, doi:10.1136/bmj-2023-078378
 */
import { z } from 'zod';
import type { SourceAttributes } from './card-attributes.ts';
import { TripodItemSchema, readTripodItems } from './card-item-lists.ts';
import type { CardSources } from './card-sources.ts';
import { tripodRunAnswers } from './card-tripod-run.ts';

const answer = z.enum(['answered', 'not applicable', 'needs a person']);
const by = z.enum(['run', 'person', 'nobody']);
export const TripodSchema = z.strictObject({
  source: z.string().min(1),
  note: z.string().min(1),
  items: z.array(z.strictObject({ ...TripodItemSchema.shape, answer, text: z.string().min(1), by })).length(52),
});
export type Tripod = Readonly<z.infer<typeof TripodSchema>>;

export function tripodReport(sources: CardSources, attributes: SourceAttributes): Tripod {
  const { source, note, items } = readTripodItems();
  const run = tripodRunAnswers(sources, attributes);
  const person = sources.statements.tripod ?? {};
  return {
    source,
    note,
    items: items.map((item) => {
      const said = person[item.item];
      if (said !== undefined) return { ...item, answer: 'answered', text: said, by: 'person' };
      const found = run[item.item];
      if (found !== undefined) return { ...item, ...found, by: 'run' };
      const text = `no record can answer this; state tripod "${item.item}" in card.yaml`;
      return { ...item, answer: 'needs a person', text, by: 'nobody' };
    }),
  };
}
