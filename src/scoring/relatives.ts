/**
 * Relatives: features that say something of the same records, so that a record which changes one would change the others too.
 *
 * Rules   a score and the columns its SQL computes it from; a flag and the sums and counts of its family; two features of a family whose names share a
 *         word that few of the family have (prior_admissions_30d and prior_admissions_365d, the two of blood pressure)
 * Choice  read off names, units and SQL, for families of one's own too: a warning to who sets one value, not a claim of full knowledge
 */
import type { Feature, FeatureSet } from '../features/index.ts';

/** Units of features that add up what the flags of their family tell one by one. */
const sums: readonly string[] = ['points', 'conditions', 'drugs', 'procedures'];
/** A word that more features of a family have tells them apart no longer. */
const fewest = 4;
/** Length of a window, and words of order that name no subject. */
const noSubject = /^(\d+d|of|in|the|last|since|score|rate|days)$/;

/** Names of the features of the set that are relatives of one of them, in the order of the set. */
export function relativesOf(set: FeatureSet, { name, family, unit }: Feature): string[] {
  const siblings = set.features.filter((other) => other.family === family);
  const shared = wordsOf(name).filter((word) => siblings.filter((other) => wordsOf(other.name).includes(word)).length <= fewest);
  const sources = sourcesOf(set, family, name);
  return set.features
    .filter((other) => {
      if (other.name === name) return false;
      if (sources.has(other.name) || sourcesOf(set, other.family, other.name).has(name)) return true;
      if (other.family !== family) return false;
      return (
        wordsOf(other.name).some((word) => shared.includes(word)) ||
        (unit === 'flag' && sums.includes(other.unit)) ||
        (other.unit === 'flag' && sums.includes(unit))
      );
    })
    .map((other) => other.name);
}

function wordsOf(name: string): string[] {
  return name.split('_').filter((word) => !noSubject.test(word));
}

/** Columns that a feature is computed from, by way of others too; none where its family reads records alone. */
function sourcesOf({ families }: FeatureSet, family: string, name: string): ReadonlySet<string> {
  const computed = families.find((other) => other.family === family);
  if (computed === undefined || computed.reads.length === 0) return new Set();
  const items = computed.relation.sql.replace(/--.*$/gm, '').matchAll(/([\s\S]*?)\bAS\s+(\w+)/g);
  // An item of a SELECT stands on its own lines, so that what lies before it ends in a comma and a new line.
  const expressions = new Map(Array.from(items, ([, text = '', alias = '']) => [alias, text.split(/,\s*\n/).at(-1) as string]));
  const found = new Set<string>();
  const add = (column: string): void => {
    for (const [word] of (expressions.get(column) ?? '').matchAll(/\w+/g)) {
      if (found.has(word)) continue;
      found.add(word);
      add(word);
    }
  };
  add(name);
  return found;
}
