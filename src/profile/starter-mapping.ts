/**
 * A mapping to begin with, from what a profile found: every entry says in `why` how often it applies and what it was guessed from.
 *
 * In   a profile
 * Out  a site mapping of the schema, its own entries after those that were in force; a person reads it before it is used
 * Choice  a guess is only made where a word says it; what nothing says becomes "other", which is what it is read as without an entry
 */
import { parseSiteMapping, type SiteMapping } from '../mapping/index.ts';
import { germanDisposition, germanDispositionPlace } from './coded-places.ts';
import { unclaimedClasses } from './encounter-kinds.ts';
import type { Profile } from './profile.ts';
import { germanDispositions, guessDisposition, guessKind } from './system-guess.ts';

type Rule = SiteMapping['encounter']['rules'][number];
type DispositionCode = SiteMapping['encounter']['disposition']['codes'][number];

const contactLevels = 'http://fhir.de/CodeSystem/Kontaktebene';

/** @param inForce  the mapping the profile was made with */
export function starterMapping(profile: Profile, inForce: SiteMapping): SiteMapping {
  const german = profile.codes.filter(({ place }) => place === germanDispositionPlace);
  const ownPath = inForce.encounter.disposition.path !== defaultDispositionPath;
  return parseSiteMapping(
    {
      name: `${inForce.name}-starter`.slice(0, 64),
      description: `Made by readmission profile from ${count(profile.records['Encounter'] ?? 0)} encounters of ${count(profile.records['Patient'] ?? 0)} patients; to be read and corrected by someone who knows the source.`,
      encounter: {
        rules: [...inForce.encounter.rules, ...partRules(profile, inForce), ...classRules(profile)],
        disposition: {
          path:
            german.length > 0 && !ownPath
              ? `hospitalization.dischargeDisposition.extension('${germanDisposition.extension}').extension('${germanDisposition.part}').value.ofType(Coding)`
              : inForce.encounter.disposition.path,
          codes: [...inForce.encounter.disposition.codes, ...dispositions(profile)],
        },
        admitSource: {
          ...inForce.encounter.admitSource,
          codes: [...inForce.encounter.admitSource.codes, ...others(profile, 'admit source')],
        },
        priority: { ...inForce.encounter.priority, codes: [...inForce.encounter.priority.codes, ...others(profile, 'priority')] },
      },
      codeSystems: [...inForce.codeSystems, ...aliases(profile)],
      conditions: inForce.conditions,
    },
    'starter mapping',
  );
}

const defaultDispositionPath = 'hospitalization.dischargeDisposition.coding';
const count = (n: number): string => n.toLocaleString('en-US');

function shown(code: string, display: string | null): string {
  return display === null || display === code ? `"${code}"` : `"${code}" (${display})`;
}

/** Departments and wards of the German contact model are parts of the hospital contact. */
function partRules({ codes }: Profile, inForce: SiteMapping): Rule[] {
  if (inForce.encounter.rules.some(({ kind }) => kind === 'part-of')) return [];
  return codes
    .filter(({ place, system, code }) => place === 'Encounter.type' && system === contactLevels && code !== 'einrichtungskontakt')
    .map(({ code, codings }) => ({
      kind: 'part-of',
      when: `type.coding.where(system = '${contactLevels}' and code = '${escaped(code)}').exists()`,
      why: `${count(codings)} encounters are of this contact level: part of the hospital contact that partOf names`,
    }));
}

function classRules({ classes, codes }: Profile): Rule[] {
  const displays = codes.filter(({ place }) => place === 'Encounter.class');
  return unclaimedClasses(classes).flatMap(({ classCode, encounters, patients }) => {
    const known = displays.find(({ code }) => code === classCode);
    // A class that too few patients have is not named, and stays "other".
    if (classCode === null || known === undefined) return [];
    const kind = guessKind(classCode, known.display);
    const from = kind === 'other' ? 'no word of it says what it is' : 'guessed from its words';
    return [
      {
        kind,
        when: `class.code = '${escaped(classCode)}'`,
        why: `${count(encounters)} encounters of ${count(patients)} patients have the class ${shown(classCode, known.display)}: ${from}`,
      },
    ];
  });
}

function dispositions({ unread }: Profile): DispositionCode[] {
  return unread
    .filter(({ role }) => role === 'disposition')
    .map(({ system, code, display, records }) => {
      const isGerman = system !== null && /Entlassungsgrund/.test(system);
      const meaning = (isGerman ? germanDispositions[code] : undefined) ?? guessDisposition(code, display);
      return { system, code, meaning, why: `${count(records)} encounters have ${shown(code, display)}` };
    });
}

function others({ unread }: Profile, role: 'admit source' | 'priority'): object[] {
  return unread
    .filter((entry) => entry.role === role)
    .map(({ system, code, display, records }) => ({
      system,
      code,
      meaning: 'other',
      why: `${count(records)} encounters have ${shown(code, display)}`,
    }));
}

function aliases({ systems }: Profile): object[] {
  const found = new Map<string, { to: string; codings: number; places: string[] }>();
  for (const { place, system, status, standard, codings } of systems) {
    if (status !== 'unknown' || system === null || standard === null) continue;
    const entry = found.get(system) ?? { to: standard, codings: 0, places: [] };
    found.set(system, { ...entry, codings: entry.codings + codings, places: [...entry.places, place] });
  }
  return [...found].map(([from, { to, codings, places }]) => ({
    from,
    to,
    why: `${count(codings)} codings in ${places.join(', ')}; guessed from the URI or the form of the codes`,
  }));
}

/** Inside a FHIRPath text literal. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
