/**
 * Markdown from plain texts: lists and tables whose content cannot become markup.
 */
export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${escapeText(line)}`).join('\n');
}

/** An empty cell of the head stays empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeText).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Characters with a meaning in HTML or Markdown become entities, line ends become spaces. */
export function escapeText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[&<>|`*[\]\\]/g, (c) => `&#${c.charCodeAt(0)};`);
}
