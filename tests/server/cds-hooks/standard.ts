/**
 * CDS Hooks 2.0 as its text has it, written down apart from the code under test: what a client may rely on.
 *
 * Source  https://cds-hooks.hl7.org/2.0/, tables of Discovery, Card Attributes, Source, Suggestion, Action, Reasons, Link, Coding
 */
import { z } from 'zod';

const filled = z.string().min(1);
const url = z.string().regex(/^https?:\/\/[^\s]+$/);
const coding = z.strictObject({ code: filled, system: filled, display: filled.optional() });

/** An allowed query: instance read, or a type search with equality, dates, _count and _sort alone. */
export const prefetchTemplate = z
  .string()
  .regex(/^[A-Z][A-Za-z]+(\/\{\{context\.[a-zA-Z]+\}\}|\?[a-z_-]+(:in)?=[^&:]+(&[a-z_-]+(:in)?=[^&:]+)*)$/);

export const discovery = z.strictObject({
  services: z.array(
    z.strictObject({
      hook: filled,
      title: filled,
      description: filled,
      id: filled,
      prefetch: z.record(filled, prefetchTemplate).optional(),
      usageRequirements: filled.optional(),
    }),
  ),
});

const action = z
  .strictObject({
    type: z.enum(['create', 'update', 'delete']),
    description: filled,
    resource: z.looseObject({ resourceType: filled }).optional(),
    resourceId: filled.optional(),
  })
  .refine(({ type, resource, resourceId }) => (type === 'delete' ? resourceId !== undefined : resource !== undefined));

const card = z
  .strictObject({
    uuid: z.uuid().optional(),
    summary: filled.refine((text) => text.length < 140, 'fewer than 140 characters'),
    detail: filled.optional(),
    indicator: z.enum(['info', 'warning', 'critical']),
    source: z.strictObject({ label: filled, url: url.optional(), icon: url.optional(), topic: coding.optional() }),
    suggestions: z
      .array(
        z.strictObject({
          label: filled,
          uuid: z.uuid().optional(),
          isRecommended: z.boolean().optional(),
          actions: z.array(action).min(1).optional(),
        }),
      )
      .min(1)
      .optional(),
    selectionBehavior: z.enum(['at-most-one', 'any']).optional(),
    overrideReasons: z
      .array(coding.refine(({ display }) => display !== undefined, 'display required'))
      .min(1)
      .optional(),
    links: z
      .array(z.strictObject({ label: filled, url, type: z.enum(['absolute', 'smart']) }))
      .min(1)
      .optional(),
  })
  .refine(
    ({ suggestions, selectionBehavior }) => suggestions === undefined || selectionBehavior !== undefined,
    'selectionBehavior',
  );

export const cards = z.strictObject({ cards: z.array(card) });
export type Card = z.infer<typeof card>;

/** Paths of elements that are null or empty, which the standard forbids; an empty list of cards is its one exception. */
export function nullOrEmpty(value: unknown, path = ''): string[] {
  if (value === null || value === '') return [path];
  if (typeof value !== 'object') return [];
  const members = Object.entries(value);
  if (members.length === 0) return [path];
  return members.flatMap(([key, member]) => nullOrEmpty(member, `${path}/${key}`));
}
