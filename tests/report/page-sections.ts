/** The sections of a report as its reader sees them: text by anchor, in their order. */
import { parseHTML } from 'linkedom';
import { renderReport, type ReportInput } from '../../src/report/index.ts';

export function pageSections(input: ReportInput): Map<string, string> {
  const { document } = parseHTML(renderReport(input));
  return new Map(
    [...document.querySelectorAll('main > section')].map((section) => [
      (section as unknown as { id: string }).id,
      ((section as unknown as { textContent: string }).textContent ?? '').replace(/\s+/g, ' '),
    ]),
  );
}
