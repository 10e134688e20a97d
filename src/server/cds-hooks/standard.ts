/**
 * The shapes of CDS Hooks 2.0 that this server reads and writes, stated once as schemas.
 *
 * Choice  elements that the standard does not know, `extension` among them, are let pass unread; those it knows are neither null nor empty
 * Choice  a FHIR server is named with its authorization or not at all: the token would have nowhere to go
 * Source  CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/; hooks patient-view 1.0 and encounter-discharge 1.0
 */
import { z } from 'zod';
import { services } from './services.ts';
import { fhirId } from '../../util/fhir-id.ts';

const text = z.string().min(1).max(4096);
const idSchema = z.string().regex(fhirId);
const address = z.url({ protocol: /^https?$/ }).max(2048);

export const codingSchema = z
  .looseObject({ code: text, system: text, display: text.optional() })
  .meta({ id: 'CdsCoding', description: 'A code and the system it belongs to' });

export const cdsRequestSchema = z
  .looseObject({
    hook: text.meta({ enum: services.map(({ hook }) => hook), description: 'That of the service' }),
    hookInstance: z.guid().meta({ description: 'UUID of this call' }),
    fhirServer: address.optional(),
    fhirAuthorization: z
      .looseObject({
        access_token: z.string().min(1).max(16_384),
        token_type: z.literal('Bearer'),
        expires_in: z.int().positive(),
        scope: text,
        subject: text,
        patient: idSchema.optional(),
      })
      .optional()
      .meta({ description: 'Needs fhirServer' }),
    context: z.looseObject({
      userId: text,
      patientId: idSchema,
      encounterId: idSchema.optional().meta({ description: 'Required by encounter-discharge' }),
    }),
    prefetch: z.record(z.string(), z.unknown()).optional().meta({
      minProperties: 1,
      description: 'By the keys of the discovery: a resource, a searchset Bundle, or null for asked and nothing there',
    }),
  })
  .meta({
    id: 'CdsRequest',
    description: 'A call of a CDS service',
    if: { properties: { hook: { const: 'encounter-discharge' } }, required: ['hook'] },
    then: { properties: { context: { required: ['encounterId'] } } },
    dependentRequired: { fhirAuthorization: ['fhirServer'] },
  });

const uuid = z.guid();

const actionSchema = z.strictObject({
  type: z.literal('create'),
  description: text,
  resource: z.looseObject({ resourceType: z.string() }),
});

export const cardSchema = z
  .strictObject({
    uuid: uuid.optional(),
    summary: z.string().min(1).max(139),
    detail: z.string().min(1).meta({ description: 'GitHub Flavored Markdown' }),
    indicator: z.enum(['info', 'warning']),
    source: z.strictObject({ label: text, url: address, topic: codingSchema }),
    suggestions: z
      .array(z.strictObject({ label: text, uuid: uuid.optional(), actions: z.array(actionSchema).min(1) }))
      .min(1)
      .optional(),
    selectionBehavior: z.literal('any').optional(),
    overrideReasons: z.array(codingSchema).min(1),
    links: z.array(z.strictObject({ label: text, url: address, type: z.literal('absolute') })).min(1),
  })
  .meta({ id: 'CdsCard' });

export const cardsSchema = z
  .strictObject({ cards: z.array(cardSchema) })
  .meta({ id: 'CdsCards', description: 'One card, or none where there is nothing to say' });

export const discoverySchema = z
  .strictObject({
    services: z.array(
      z.strictObject({
        hook: text,
        title: text,
        description: text,
        id: text,
        prefetch: z.record(z.string(), z.string()),
        usageRequirements: text,
      }),
    ),
  })
  .meta({ id: 'CdsServices' });

export const feedbackSchema = z
  .looseObject({
    card: uuid.meta({ description: 'uuid of a card of this service' }),
    outcome: z.enum(['accepted', 'overridden']),
    acceptedSuggestions: z
      .array(z.looseObject({ id: uuid }))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Required where accepted; not with overridden' }),
    overrideReason: z
      .looseObject({ reason: codingSchema.optional(), userComment: z.string().min(1).max(10_000).optional() })
      .optional(),
    outcomeTimestamp: z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339' }),
  })
  .meta({
    id: 'CdsFeedback',
    if: { properties: { outcome: { const: 'accepted' } }, required: ['outcome'] },
    then: { required: ['acceptedSuggestions'] },
    else: { not: { required: ['acceptedSuggestions'] } },
  });

export const feedbackRequestSchema = z
  .looseObject({ feedback: z.array(feedbackSchema).min(1).max(1000) })
  .meta({ id: 'CdsFeedbackRequest', description: 'What became of cards' });

export type CdsRequest = z.infer<typeof cdsRequestSchema>;
export type Card = z.infer<typeof cardSchema>;
export type Coding = z.infer<typeof codingSchema>;
export type Feedback = z.infer<typeof feedbackSchema>;
