/**
 * report.html of a run: what its files say, put together for the report.
 */
import { basename } from 'node:path';
import type { JsonObject, ModelHeader } from '../model/index.ts';
import type { ReportMetrics } from '../report/index.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stableJson } from '../util/stable-json.ts';
import { commandText } from './command-text.ts';

export interface ReportTask {
  readonly out: string;
  readonly header: ModelHeader;
  readonly modelSha256: string;
  /** Content of metrics.json, or an evaluation of the same form. */
  readonly metrics: object;
  readonly card: JsonObject | object;
  /** Commands that make it again; default: the one that is running. */
  readonly repeat?: readonly string[];
  /** Whether the metrics are no file yet: they are written beside the report, NAME.metrics.json. */
  readonly writeMetrics?: boolean;
}

/** @returns files written */
export async function writeRunReport(task: ReportTask): Promise<string[]> {
  const { out, header, modelSha256, metrics, card, repeat } = task;
  const { writeReport } = await import('../report/index.ts');
  // Through JSON and back: what is drawn is what metrics.json holds.
  const told = JSON.parse(JSON.stringify(metrics)) as ReportMetrics & { planting?: Record<string, string | number> | null };
  const { warnings } = card as { warnings?: unknown };
  const { parent } = header;
  const beside = task.writeMetrics === true ? `${out.replace(/\.html?$/i, '')}.metrics.json` : null;
  if (beside !== null) await writeFileAtomic(beside, `${stableJson(told, 2)}\n`);
  await writeReport(out, {
    metrics: told,
    metricsFile: beside === null ? 'metrics.json' : basename(beside),
    header,
    planting: told.planting ?? null,
    limits: Array.isArray(warnings) ? warnings.filter((line): line is string => typeof line === 'string') : [],
    provenance: {
      'model.bin, SHA-256': modelSha256,
      ...(parent === undefined
        ? {}
        : { 'Recalibrated from': `${parent.name} (${parent.modelSha256.slice(0, 12)}) by ${parent.method}` }),
    },
    repeat: repeat ?? [commandText(process.argv.slice(2))],
  });
  return [out, ...(beside === null ? [] : [beside])];
}
