/**
 * Which of the nine demographic and social variables a model reads, told from its feature list.
 *
 * In      names and families of the features
 * Out     per variable: used or not, and the features derived from it (age from the date of birth, ...)
 * Method  a feature belongs to a variable by its family, its name, or a word of its name (name parts between underscores)
 * Choice  a word in a name is enough: telling of a use that is none is the smaller fault
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const VariablesSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  variables: z.array(
    z.strictObject({
      key: z.string(),
      paragraph: z.string(),
      title: z.string(),
      /** Name of the subgroup table that counts it. */
      table: z.string(),
      families: z.array(z.string()),
      features: z.array(z.string()),
      words: z.array(z.string()),
    }),
  ),
});
export type CardVariable = Readonly<z.infer<typeof VariablesSchema>['variables'][number]>;

export interface VariableUse {
  readonly variable: string;
  readonly used: boolean;
  readonly features: readonly string[];
}

let read: readonly CardVariable[] | undefined;

/** The nine variables, in the order of the regulation. */
export function cardVariables(): readonly CardVariable[] {
  read ??= VariablesSchema.parse(JSON.parse(readFileSync(new URL('./card-variables.json', import.meta.url), 'utf8'))).variables;
  return read;
}

export function variableUses(features: readonly { readonly name: string; readonly family: string }[]): VariableUse[] {
  return cardVariables().map((variable) => {
    const derived = features
      .filter(
        ({ name, family }) =>
          variable.families.includes(family) ||
          variable.features.includes(name) ||
          name.split('_').some((part) => variable.words.includes(part)),
      )
      .map(({ name }) => name);
    return { variable: variable.title, used: derived.length > 0, features: derived };
  });
}
