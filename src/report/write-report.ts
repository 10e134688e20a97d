/**
 * report.html on disk: the old file or the new one, never a part.
 */
import { writeFileAtomic } from '../util/atomic-file.ts';
import { renderReport } from './render-report.ts';
import type { ReportInput } from './report-input.ts';

/** @throws the file system's own error; the old file is then intact */
export async function writeReport(path: string, input: ReportInput): Promise<void> {
  await writeFileAtomic(path, renderReport(input));
}
