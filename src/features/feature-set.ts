/**
 * Feature sets: which features a model reads, in which order, and the hash that ties a model to them.
 *
 * Names   "default", "all", "all-minus-X", a family, a feature, "@FILE.json" (./feature-list.ts), or a list of these joined by commas with "-" to
 *         leave out: "default,scores", "default,-social", "age_years,charlson_index", "all-minus-utilization"
 * Own     a researcher's own families (./user-family.ts) are chosen by name and belong to "all", never to "default"
 * Hash    over the definitions, the SQL that computes them, the flat tables it reads and the codes, weights and units it joins: a changed
 *         rule is a changed feature, a changed phrase is not
 */
import { FeatureError } from '../errors.ts';
import { sha256 } from '../util/sha256.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { stableJson } from '../util/stable-json.ts';
import { dischargeRelations } from '../cohort/index.ts';
import { flatTableDefinition } from '../warehouse/index.ts';
import { readTerminology, readUnitConversions } from '../terminology/index.ts';
import { readFamilies, readKnownRelations, type Feature, type FeatureFamily } from './catalogue.ts';
import { expandFeatureLists } from './feature-list.ts';

export interface FeatureSet {
  readonly name: string;
  readonly features: readonly Feature[];
  /** Families whose SQL must run, in order; includes those that only feed another (scores read other families). */
  readonly families: readonly FeatureFamily[];
  readonly hash: string;
}

/**
 * @param own  families of the researcher's own, beside the shipped ones
 * @throws {FeatureError} FEATURE_UNKNOWN, FEATURE_SET_EMPTY, FEATURE_SET_LIST
 */
export function selectFeatures(expression = 'default', own: readonly FeatureFamily[] = []): FeatureSet {
  const families = [...readFamilies(), ...own];
  const all = families.flatMap((family) => family.features);
  const chosen = new Set<string>();
  for (const term of expandFeatureLists(expression).split(',')) {
    const remove = term.startsWith('-');
    for (const name of resolve(remove ? term.slice(1) : term, families, all)) {
      if (remove) chosen.delete(name);
      else chosen.add(name);
    }
  }
  const features = all.filter((feature) => chosen.has(feature.name));
  if (features.length === 0) throw new FeatureError('FEATURE_SET_EMPTY', `"${expression}" selects no feature`);
  const used = families.filter(isNeeded(features, families));
  return { name: expression, features, families: used, hash: hashOf(features, used) };
}

/** Families with a chosen feature, and those that only feed another. */
function isNeeded(features: readonly Feature[], families: readonly FeatureFamily[]): (family: FeatureFamily) => boolean {
  const needed = new Set(features.map((feature) => feature.family));
  // A family is read by later ones only, so one look from the last to the first finds all.
  for (const { family, reads } of [...families].reverse()) if (needed.has(family)) for (const read of reads) needed.add(read);
  return ({ family }) => needed.has(family);
}

const allMinus = 'all-minus-';

function resolve(term: string, families: readonly FeatureFamily[], all: readonly Feature[]): string[] {
  if (term === 'all') return all.map((feature) => feature.name);
  if (term.startsWith(allMinus)) {
    const left = new Set(resolve(term.slice(allMinus.length), families, all));
    return all.map((feature) => feature.name).filter((name) => !left.has(name));
  }
  if (term === 'default') return families.filter((f) => f.inDefaultSet).flatMap((f) => f.features.map((feature) => feature.name));
  const family = families.find((f) => f.family === term);
  if (family !== undefined) return family.features.map((feature) => feature.name);
  if (all.some((feature) => feature.name === term)) return [term];
  throw new FeatureError(
    'FEATURE_UNKNOWN',
    `expected "default", "all", a family (${families.map((f) => f.family).join(', ')}) or a feature, found "${term}"; ` +
      `a feature of your own needs its --feature-folder${didYouMean(term, [...families.map((f) => f.family), ...all.map((feature) => feature.name), 'default', 'all'])}`,
  );
}

function hashOf(features: readonly Feature[], families: readonly FeatureFamily[]): string {
  const sql = [...dischargeRelations, ...readKnownRelations(), ...families.map((family) => family.relation)];
  return sha256(
    stableJson({
      // Words and sources are for people: a corrected phrase is not a changed feature.
      features: features.map(({ words: _words, wordsAbsent: _absent, source: _source, ...rule }) => rule),
      sql: sql.map((relation) => [relation.name, relation.sql]),
      flatTables: flatTableDefinition,
      terminology: terminologyContent(),
    }),
  );
}

/** What the SQL joins; titles and display texts change no value. */
function terminologyContent(): object {
  const { sets, hierarchies } = readTerminology();
  return {
    sets: sets.map(({ name, weights, codes, prefixes }) => [
      name,
      weights ?? null,
      codes.map(({ system, code }) => `${system}|${code}`).sort(),
      prefixes.map(({ system, prefix }) => `${system}|${prefix}`).sort(),
    ]),
    hierarchies,
    units: readUnitConversions(),
  };
}
