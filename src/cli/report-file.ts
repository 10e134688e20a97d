/**
 * report.html of a run: what its files say, put together for the report.
 */
import type { JsonObject, ModelHeader } from '../model/index.ts';
import type { ReportMetrics } from '../report/index.ts';

export interface ReportTask {
  readonly out: string;
  readonly header: ModelHeader;
  readonly modelSha256: string;
  /** Content of metrics.json, or an evaluation of the same form. */
  readonly metrics: object;
  readonly card: JsonObject | object;
  /** Commands that make it again. */
  readonly repeat?: readonly string[];
}

export async function writeRunReport({ out, header, modelSha256, metrics, card, repeat }: ReportTask): Promise<void> {
  const { writeReport } = await import('../report/index.ts');
  // Through JSON and back: what is drawn is what metrics.json holds.
  const told = JSON.parse(JSON.stringify(metrics)) as ReportMetrics & { planting?: Record<string, string | number> | null };
  const { warnings } = card as { warnings?: unknown };
  const { parent } = header;
  await writeReport(out, {
    metrics: told,
    header,
    planting: told.planting ?? null,
    limits: Array.isArray(warnings) ? warnings.filter((line): line is string => typeof line === 'string') : [],
    provenance: {
      'model.bin, SHA-256': modelSha256,
      ...(parent === undefined
        ? {}
        : { 'Recalibrated from': `${parent.name} (${parent.modelSha256.slice(0, 12)}) by ${parent.method}` }),
    },
    ...(repeat === undefined ? {} : { repeat }),
  });
}
