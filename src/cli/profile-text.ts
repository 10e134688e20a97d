/**
 * A profile as text: verdicts first, then the tables they come from.
 */
import { percent, type Profile } from '../profile/index.ts';
import { tableText } from './terminal.ts';

/** @param top  codes to list per role */
export function profileText(profile: Profile, top: number): string {
  return [
    heading(profile),
    verdictText(profile),
    elementText(profile),
    classText(profile),
    systemText(profile),
    unreadText(profile, top),
    featureText(profile),
    ruleText(profile),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function heading({ records, mapping, cohort }: Profile): string {
  const counts = Object.entries(records).map(([type, n]) => `${n.toLocaleString('en-US')} ${type}`);
  const index =
    cohort.indexDischarges === null ? 'no cohort' : `${cohort.indexDischarges.toLocaleString('en-US')} index discharges`;
  return `${counts.join(', ')}\nread with mapping "${mapping}"; cohort ${cohort.definition}: ${index}${cohort.failure === null ? '' : `\n${cohort.failure}`}`;
}

function verdictText({ verdicts }: Profile): string {
  const mark = { stops: '✗', harms: '!', note: '·' };
  return ['What to fix first (✗ stops, ! harms, · note)', ...verdicts.map(({ weight, text }) => ` ${mark[weight]} ${text}`)].join(
    '\n',
  );
}

function elementText({ elements }: Profile): string {
  return `Elements present\n${tableText(
    ['element', 'present', 'of inpatient', 'needed for'],
    elements.map(({ type, element, present, records, inpatient, inpatientPresent, why }) => [
      `${type}.${element}`,
      percent(present, records),
      inpatient === null ? '' : percent(inpatientPresent ?? 0, inpatient),
      why,
    ]),
  )}`;
}

function classText({ classes }: Profile): string {
  return `Encounter classes\n${tableText(
    ['class', 'read as', 'encounters'],
    classes.map(({ classCode, kind, encounters }) => [classCode ?? '(none)', kind, encounters]),
  )}`;
}

function systemText({ systems }: Profile): string {
  return `Code systems\n${tableText(
    ['element', 'system', 'codings', 'here'],
    systems.map(({ place, system, codings, status, standard, isRead }) => [
      place,
      system ?? '(none)',
      codings,
      systemWords(place, status, standard, isRead),
    ]),
  )}`;
}

/** Elements that only a site mapping's rules read, or that are read by code alone. */
const ownWords: Readonly<Record<string, string>> = {
  'Encounter.identifier': 'for site rules',
  'Encounter.serviceType': 'for site rules',
  'Encounter.class': 'read by its codes',
};

function systemWords(
  place: string,
  status: Profile['systems'][number]['status'],
  standard: string | null,
  isRead: boolean,
): string {
  if (ownWords[place] !== undefined) return ownWords[place];
  if (status === 'alias') return `${isRead ? 'read' : 'not read here'}, as ${standard}`;
  if (status === 'unknown') return standard === null ? 'unknown' : `unknown; looks like ${standard}`;
  return { used: 'read', standard: 'not read here', none: 'no system' }[status];
}

function unreadText({ unread }: Profile, top: number): string {
  const title = {
    observation: 'Numeric LOINC codes no feature reads',
    unit: 'Units that are not accepted',
    drug: 'Drugs in no class',
    disposition: 'Discharge dispositions without a meaning',
    'admit source': 'Admit sources without a meaning',
    priority: 'Priorities without a meaning',
  };
  return (Object.keys(title) as (keyof typeof title)[])
    .flatMap((role) => {
      const codes = unread.filter((entry) => entry.role === role);
      if (codes.length === 0) return [];
      const table = tableText(
        ['code', 'display', 'records'],
        codes.slice(0, top).map(({ code, display, analyte, records }) => [code, analyte ?? display ?? '', records]),
      );
      return [`${title[role]} (${codes.length})\n${table}`];
    })
    .join('\n\n');
}

function featureText({ features }: Profile): string {
  const flat = features.filter(({ state, reason }) => state !== 'varies' && reason !== 'no index discharge to tell by');
  if (flat.length === 0) return '';
  const groups = new Map<string, string[]>();
  for (const { feature, family, state, reason } of flat) {
    const key = `${family}\t${state}\t${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), feature]);
  }
  return `Features that tell nothing (${flat.length} of ${features.length})\n${[...groups]
    .map(([key, names]) => {
      const [family, state, reason] = key.split('\t');
      return ` ${family}, ${state === 'unknown' ? 'cannot be filled' : state}: ${reason}\n   ${names.join(', ')}`;
    })
    .join('\n')}`;
}

function ruleText({ cohort }: Profile): string {
  if (cohort.notAssessable.length === 0) return '';
  return `Rules that cannot be assessed\n${cohort.notAssessable.map(({ rule, note }) => ` ${rule}: ${note}`).join('\n')}`;
}
