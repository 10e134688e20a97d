/**
 * Specialty cohort of a stay, as CMS divides hospital-wide readmissions: a stratum to report by, not a feature.
 *
 * In      whether an operation of the shipped value sets was done, other procedures of the stay, its coded reason
 * Out     the first that fits of surgery/gynaecology, cardiorespiratory, cardiovascular, neurology, medicine
 * Choice  the assignment looks back on the stay, as the measure does: it reads every reason, also one coded after the discharge
 * Limits  null where it cannot be told: no operation and no reason, or a reason in a code system, or a SNOMED CT code, that stands in no list.
 *         The 89 procedure categories of CMS are not among the sources used; operations are those that HCUP calls major
 * Source  ./specialty-cohorts.json
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readCodeSystemFamilies } from '../terminology/index.ts';

export interface Coded {
  readonly system: string;
  readonly code: string;
}

const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  cohorts: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      decidedBy: z.enum(['procedure', 'reason']),
      codes: z.array(z.strictObject({ system: z.string(), code: z.string(), display: z.string() })),
      /** Beginnings of codes without dots, separated by blanks; `system` is a URI or the name of a family of code systems. */
      prefixes: z.array(z.strictObject({ system: z.string(), prefix: z.string() })),
    }),
  ),
});

export interface SpecialtyCohorts {
  /** In the order of precedence. */
  readonly names: readonly string[];
  /** Systems of procedures that the lists know. */
  readonly procedureSystems: readonly string[];
  assign(stay: {
    readonly isOperated: boolean;
    readonly procedures: readonly Coded[];
    readonly reason: Coded | null;
  }): string | null;
}

export function readSpecialtyCohorts(): SpecialtyCohorts {
  const { cohorts } = fileSchema.parse(JSON.parse(readFileSync(new URL('./specialty-cohorts.json', import.meta.url), 'utf8')));
  const families = new Map(readCodeSystemFamilies().map(({ name, uris }) => [name, uris]));
  const urisOf = (system: string): readonly string[] => families.get(system) ?? [system];
  const lists = cohorts.map(({ name, decidedBy, codes, prefixes }) => {
    const whole = new Set(codes.map(({ system, code }) => `${system}|${code}`));
    const starts = new Map<string, Set<string>>();
    for (const { system, prefix } of prefixes) {
      for (const uri of urisOf(system)) starts.set(uri, new Set([...(starts.get(uri) ?? []), ...prefix.split(' ')]));
    }
    const holds = ({ system, code }: Coded): boolean => whole.has(`${system}|${code}`) || begins(starts.get(system), code);
    return { name, decidedBy, holds, systems: [...starts.keys()] };
  });
  const surgical = lists.filter(({ decidedBy }) => decidedBy === 'procedure');
  const medical = lists.filter(({ decidedBy }) => decidedBy === 'reason');
  // The lists of a classification are complete: what stands in none of them is medicine.
  const classified = new Set(medical.flatMap(({ systems }) => systems));
  const rest = cohorts.at(-1)?.name ?? null;
  return {
    names: cohorts.map(({ name }) => name),
    procedureSystems: surgical.flatMap(({ systems }) => systems),
    assign({ isOperated, procedures, reason }) {
      const operation = surgical.find(({ holds }) => isOperated || procedures.some(holds));
      if (operation !== undefined || reason === null) return operation?.name ?? null;
      return medical.find(({ holds }) => holds(reason))?.name ?? (classified.has(reason.system) ? rest : null);
    },
  };
}

function begins(starts: ReadonlySet<string> | undefined, code: string): boolean {
  if (starts === undefined) return false;
  const bare = code.replaceAll('.', '').toUpperCase();
  for (let length = 3; length <= bare.length; length += 1) if (starts.has(bare.slice(0, length))) return true;
  return false;
}
