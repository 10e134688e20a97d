/**
 * The shape of a SQL-on-FHIR v2 ViewDefinition, as far as we read it.
 *
 * In      parsed JSON from a file or a caller
 * Out     a checked ViewDefinition; keys of select, column, where and constant that the standard does not have are refused
 * Choice  `name` is required here (the standard leaves it optional): a view becomes a table, and a table needs a name.
 *         Descriptive metadata (publisher, contact, tags) is accepted and unused. `repeat` passes the shape and is refused
 *         by the compiler with its name.
 * Source  https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html
 */
import { z } from 'zod';
import { ViewError } from '../errors.ts';

const sqlIdentifier = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must match ^[A-Za-z][A-Za-z0-9_]*$');
const path = z.string().min(1);

const columnSchema = z.strictObject({
  name: sqlIdentifier,
  path,
  type: z.string().optional(),
  collection: z.boolean().optional(),
  description: z.string().optional(),
  tag: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
});
export type ViewColumn = z.infer<typeof columnSchema>;

export interface ViewSelect {
  readonly column?: readonly ViewColumn[] | undefined;
  readonly select?: readonly ViewSelect[] | undefined;
  readonly forEach?: string | undefined;
  readonly forEachOrNull?: string | undefined;
  readonly repeat?: readonly string[] | undefined;
  readonly unionAll?: readonly ViewSelect[] | undefined;
}

const selectSchema: z.ZodType<ViewSelect> = z.lazy(() =>
  z.strictObject({
    column: z.array(columnSchema).optional(),
    select: z.array(selectSchema).optional(),
    forEach: path.optional(),
    forEachOrNull: path.optional(),
    repeat: z.array(path).optional(),
    unionAll: z.array(selectSchema).optional(),
  }),
);

const text = z.string();
const constantSchema = z
  .strictObject({
    name: sqlIdentifier,
    valueString: text.optional(),
    valueCode: text.optional(),
    valueId: text.optional(),
    valueUri: text.optional(),
    valueUrl: text.optional(),
    valueCanonical: text.optional(),
    valueOid: text.optional(),
    valueUuid: text.optional(),
    valueBase64Binary: text.optional(),
    valueDate: text.optional(),
    valueDateTime: text.optional(),
    valueInstant: text.optional(),
    valueTime: text.optional(),
    valueBoolean: z.boolean().optional(),
    valueInteger: z.int().optional(),
    valuePositiveInt: z.int().positive().optional(),
    valueUnsignedInt: z.int().nonnegative().optional(),
    valueDecimal: z.number().optional(),
  })
  .refine((constant) => Object.entries(constant).filter(([key, value]) => key !== 'name' && value !== undefined).length === 1, {
    message: 'must have exactly one value[x]',
  });
export type ViewConstant = z.infer<typeof constantSchema>;

export const viewDefinitionSchema = z.looseObject({
  resourceType: z.literal('ViewDefinition').optional(),
  url: z.string().optional(),
  name: sqlIdentifier,
  title: z.string().optional(),
  status: z.enum(['draft', 'active', 'retired', 'unknown']),
  description: z.string().optional(),
  resource: z.string().min(1),
  fhirVersion: z.array(z.string()).optional(),
  constant: z.array(constantSchema).optional(),
  select: z.array(selectSchema).min(1),
  where: z.array(z.strictObject({ path, description: z.string().optional() })).optional(),
});
export type ViewDefinition = z.infer<typeof viewDefinitionSchema>;

/**
 * Checks parsed JSON against the shape of a ViewDefinition.
 *
 * @param json  any value
 * @throws {ViewError} VIEW_INVALID naming the first places that do not fit
 */
export function parseViewDefinition(json: unknown): ViewDefinition {
  const result = viewDefinitionSchema.safeParse(json);
  if (result.success) return result.data;
  const places = result.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`);
  throw new ViewError('VIEW_INVALID', `expected a SQL-on-FHIR ViewDefinition, found at ${places.join('; ')}; correct the view`);
}
