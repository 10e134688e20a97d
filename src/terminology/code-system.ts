/**
 * Families of code systems: editions that share the beginnings of their codes, so that a value set names them once.
 *
 * Choice  national editions of ICD-10 share the characters that comorbidity categories are made of; a rule that holds in one of them only
 *         names that edition's URI instead of the family
 */
import { z } from 'zod';
import { dataFileReader } from './data-file.ts';

const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  families: z.array(
    z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]*$/), title: z.string(), uris: z.array(z.url()).min(1) }),
  ),
});

export type CodeSystemFamily = z.infer<typeof fileSchema>['families'][number];

const readFamilyFile = dataFileReader(fileSchema);

export function readCodeSystemFamilies(): readonly CodeSystemFamily[] {
  return readFamilyFile(new URL('./code-systems.json', import.meta.url)).families;
}
