/**
 * The shipped ViewDefinitions as one hospital needs them: the mapping becomes FHIRPath, so that one text is compiled to SQL for a
 * cohort and to functions for one patient.
 *
 * In      the shipped views, a site mapping
 * Out     ViewDefinitions: codes under their standard system and, for ICD, in one form; and for Encounter the raw material of ./encounter-sql.ts
 * Form    an ICD code is upper case, without point, hyphen, blank or the marks of ICD-10-GM (* + ! †): "i50.01" and "I5001" are I5001
 * Choice  the system a record nearly always has is asked for first: most codings are decided by one comparison
 */
import { readTerminology } from '../terminology/index.ts';
import { readViews, type ViewDefinition } from '../views/index.ts';
import { icd10Systems, icdSystems, loinc, publicAliases, rxnorm, snomed, type SystemAlias } from './code-systems.ts';
import { codedElements, knownSystems, type CodedElement } from './code-meanings.ts';
import type { SiteMapping } from './site-mapping.ts';

type Select = ViewDefinition['select'][number];
type Column = NonNullable<Select['column']>[number];

/** The view whose rows ./encounter-sql.ts makes encounters of. */
export const recordedEncounter = 'recorded_encounter';

/** In the order of the shipped views. The view of Encounter keeps its name and has further columns. */
export function mappedViews(mapping: SiteMapping): ViewDefinition[] {
  const systems = new SiteSystems(mapping);
  return readViews().map((view) => {
    if (view.name === 'encounter') return mappedEncounter(view, mapping, systems);
    const usual = { observation: loinc, medication_request: rxnorm }[view.name] ?? snomed;
    const hasIcd = view.name === 'condition' || view.name === 'procedure';
    const path = (column: Column): string => {
      if (column.name === 'system') return systems.standardPath('system', usual);
      return column.name === 'code' && hasIcd ? systems.codePath('system', 'code', usual) : column.path;
    };
    return { ...view, select: view.select.map((node) => withPaths(node, path)) };
  });
}

function withPaths(node: Select, pathOf: (column: Column) => string): Select {
  return {
    ...node,
    ...(node.column && { column: node.column.map((column) => ({ ...column, path: pathOf(column) })) }),
    ...(node.select && { select: node.select.map((child) => withPaths(child, pathOf)) }),
    ...(node.unionAll && { unionAll: node.unionAll.map((branch) => withPaths(branch, pathOf)) }),
  };
}

function mappedEncounter(view: ViewDefinition, mapping: SiteMapping, systems: SiteSystems): ViewDefinition {
  // Plain columns and no iif between them: DuckDB evaluates a path once for all columns that start with it, but not inside CASE.
  const type = `type.coding.where(${systems.isPath('system', [snomed])}).first()`;
  const reason = `reasonCode.coding.where(${systems.isPath('system', [snomed])}).first()`;
  const icd = `reasonCode.coding.where(${systems.isPath('system', icd10Systems)}).first()`;
  const paths: Readonly<Record<string, string>> = {
    type_code: `${type}.code`,
    type_display: `${type}.display`,
    reason_system: `${reason}.system`,
    reason_code: `${reason}.code`,
    reason_display: `${reason}.display`,
  };
  const added: Column[] = [
    column('class_kind', classKindPath(systems), 'string', 'What the encounter is by its class and type'),
    column('icd_reason_system', `${icd}.system`, 'uri', 'System of the first ICD-10 coding of the reason, as written'),
    column('icd_reason_code', normalIcd(`${icd}.code`), 'code', 'Its code, in the one form'),
    column('icd_reason_display', `${icd}.display`, 'string', 'Its display text'),
    ...mapping.encounter.rules.map(({ when, why }, i) => column(ruleColumn(i), when, 'boolean', why)),
    ...codedElements.flatMap(({ element }) => codeColumns(mapping, element)),
  ];
  return {
    ...view,
    select: [...view.select.map((node) => withPaths(node, ({ name, path }) => paths[name] ?? path)), { column: added }],
  };
}

/** Column of the rule at an index: whether its path holds. */
export function ruleColumn(index: number): string {
  return `rule_${index + 1}`;
}

/** Columns with system and code of the coding whose meaning is looked up. */
export function meaningColumns(element: CodedElement): { system: string; code: string } {
  const stem = codedElements.find((entry) => entry.element === element)?.column ?? element;
  return { system: `${stem}_known_system`, code: `${stem}_known_code` };
}

/** The first coding of a known system. */
function codeColumns(mapping: SiteMapping, element: CodedElement): Column[] {
  const isKnown = knownSystems(mapping, element)
    .map((system) => (system === null ? 'system.empty()' : `system = ${text(system)}`))
    .join(' or ');
  const { path } = mapping.encounter[element];
  const known = (child: string): string => `iif((${path}).exists(), (${path}).where(${isKnown}).first().${child})`;
  const { system, code } = meaningColumns(element);
  return [
    column(system, known('system'), 'uri', `System of the ${element} code that is known`),
    column(code, known('code'), 'code', `First ${element} code of a known system`),
  ];
}

/** The built-in rules: HL7 classes; nursing stays that are recorded as inpatient are told by type or reason. */
function classKindPath(systems: SiteSystems): string {
  const codes = readTerminology().sets.find((set) => set.name === 'nursing_admission')?.codes ?? [];
  const isNursing = `${systems.isPath('system', [snomed])} and (${codes.map(({ code }) => `code = ${text(code)}`).join(' or ')})`;
  const nursing = ['type', 'reasonCode'].map((element) => `${element}.coding.where((${isNursing})).exists()`).join(' or ');
  const is = (...classes: string[]): string => classes.map((code) => `class.code = ${text(code)}`).join(' or ');
  const steps: [string, string][] = [
    [is('AMB'), text('outpatient')],
    [is('IMP', 'ACUTE', 'NONAC'), `iif(${nursing}, ${text('nursing')}, ${text('inpatient')})`],
    [is('EMER'), text('emergency')],
    [is('OBSENC', 'SS'), text('observation')],
    [is('HH'), text('home')],
  ];
  return steps.reduceRight((otherwise, [when, then]) => `iif(${when}, ${then}, ${otherwise})`, text('other'));
}

/** What each URI in a hospital's records stands for. */
export class SiteSystems {
  /** The hospital's own before the public ones; a standard URI that the hospital uses for another system is among them. */
  readonly aliases: readonly SystemAlias[];

  constructor(mapping: SiteMapping) {
    const own = new Set(mapping.codeSystems.map(({ from }) => from));
    this.aliases = [...mapping.codeSystems, ...publicAliases.filter(({ from }) => !own.has(from))];
  }

  /** A standard URI that the hospital uses for another system. */
  #isAlias(system: string): boolean {
    return this.aliases.some(({ from }) => from === system);
  }

  /** Every URI that stands for one of these systems, the standard ones first. */
  #urisOf(wanted: readonly string[]): string[] {
    const isTaken = (uri: string): boolean => this.aliases.some(({ from, to }) => from === uri && !wanted.includes(to));
    const aliases = this.aliases.filter(({ to }) => wanted.includes(to)).map(({ from }) => from);
    return [...new Set([...wanted.filter((uri) => !isTaken(uri)), ...aliases])];
  }

  /** FHIRPath: whether a URI stands for one of these systems. */
  isPath(uri: string, wanted: readonly string[]): string {
    return `(${this.#urisOf(wanted)
      .map((known) => `${uri} = ${text(known)}`)
      .join(' or ')})`;
  }

  /** FHIRPath: the standard URI for a URI, itself where none is known. */
  standardPath(uri: string, usual: string): string {
    const chain = this.aliases.reduceRight(
      (otherwise, { from, to }) => `iif(${uri} = ${text(from)}, ${text(to)}, ${otherwise})`,
      uri,
    );
    return this.#isAlias(usual) ? chain : `iif(${uri} = ${text(usual)}, ${uri}, ${chain})`;
  }

  /** FHIRPath: the code, in the one form where its system is ICD. */
  codePath(uri: string, code: string, usual: string): string {
    const normal = `iif(${this.isPath(uri, icdSystems)}, ${normalIcd(code)}, ${code})`;
    return this.#isAlias(usual) ? normal : `iif(${uri} = ${text(usual)}, ${code}, ${normal})`;
  }
}

function normalIcd(code: string): string {
  return `${['.', '-', ' ', '*', '+', '!', '†'].reduce((path, mark) => `${path}.replace(${text(mark)}, '')`, code)}.upper()`;
}

function column(name: string, path: string, type: string, description: string): Column {
  return { name, path, type, description };
}

/** A FHIRPath text literal. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
