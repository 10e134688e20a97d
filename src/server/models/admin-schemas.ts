/**
 * What an administrator is told of the models, and may ask. Stated once as schemas.
 */
import { z } from 'zod';

const instant = z.string().meta({ description: 'ISO 8601, UTC' });
const sha256 = z.string().meta({ description: 'SHA-256 of model.bin' });

export const modelListSchema = z
  .strictObject({
    serving: z
      .strictObject({ name: z.string(), sha256, codeVersion: z.string(), createdAt: instant })
      .meta({ description: 'The model that answers; name is that of its folder' }),
    models: z
      .array(z.strictObject({ name: z.string(), bytes: z.int(), writtenAt: instant }))
      .meta({ description: 'Folders with a model in them, by name; they are checked when they are chosen' }),
  })
  .meta({ id: 'ModelList' });

export const modelChangeRequestSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
      .optional()
      .meta({ description: 'Folder of the model to serve; absent: what the file `current` names, or the same folder again' }),
  })
  .meta({ id: 'ModelChangeRequest' });

export const modelChangeSchema = z
  .strictObject({
    name: z.string(),
    sha256,
    before: z.strictObject({ sha256 }),
    changed: z.boolean().meta({ description: 'False where the same model was read again' }),
  })
  .meta({ id: 'ModelChange' });
