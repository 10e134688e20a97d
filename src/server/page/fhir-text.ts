/**
 * Texts, codes and times of FHIR resources as a page shows them.
 *
 * In      resources as a FHIR server sent them; nothing is sure but that they are objects
 * Out     text, or null where the record has none
 * Choice  what the record calls a thing is shown as it is written there: its text, else the display of its first code, else the code
 */
export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** Trimmed; null for what is no text, or is empty. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text;
}

/** Words of a CodeableConcept. */
export function conceptText(concept: unknown): string | null {
  const { text, coding } = objectOf(concept);
  const codings = listOf(coding);
  const display = codings.map((each) => textOf(each['display'])).find((each) => each !== null);
  return textOf(text) ?? display ?? codings.map((each) => textOf(each['code'])).find((each) => each !== null) ?? null;
}

/** `system|code` of the first coding that has a code; the system may be empty. */
export function conceptCode(concept: unknown): string | null {
  const coding = listOf(objectOf(concept)['coding']).find(({ code }) => textOf(code) !== null);
  return coding === undefined ? null : `${textOf(coding['system']) ?? ''}|${coding['code'] as string}`;
}

/** A number with its unit, as recorded: "9.5 g/dL", "< 0.1 mg/L". */
export function quantityText(quantity: unknown): string | null {
  const { value, unit, code, comparator } = objectOf(quantity);
  if (typeof value !== 'number') return null;
  return [textOf(comparator), String(value), textOf(unit) ?? textOf(code)].filter((part) => part !== null).join(' ');
}

/** Given and family names as they are spoken; null where the patient has none. */
export function nameText(patient: Json): string | null {
  const names = listOf(patient['name']);
  const byUse = (use: string): Json | undefined => names.find((name) => name['use'] === use);
  const name = byUse('official') ?? byUse('usual') ?? names.find((each) => each['use'] !== 'old') ?? names[0];
  if (name === undefined) return null;
  const given = Array.isArray(name['given']) ? name['given'].map(textOf) : [];
  const parts = [...given, textOf(name['family'])].filter((part) => part !== null);
  return textOf(name['text']) ?? (parts.length === 0 ? null : parts.join(' '));
}
