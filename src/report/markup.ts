/**
 * HTML by template, safe by construction: what is put into a template is text and is escaped, unless it is markup already.
 *
 * Choice  there is one way to make markup of a string without escaping, `trusted`, and only code that made the string itself calls it
 */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | null | undefined | readonly Content[];

/**
 * Template tag: `html\`<p>${name}</p>\``. Lists are joined; null and undefined are nothing.
 * Indentation of the template is for those who read the code, and does not come out.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings.reduce((text, part, i) => text + (i === 0 ? '' : render(values[i - 1])) + part.replace(/\s*\n\s*/g, '\n'), ''),
  );
}

/** Markup this code made itself (a drawing, a style sheet); never a text from data. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Text as it may stand in an element or in a quoted attribute, of HTML and of SVG. */
export function escapeText(text: string): string {
  // Control characters are not allowed in XML, and an SVG cut out of the report must stay readable.
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function render(value: Content): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}
