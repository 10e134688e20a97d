/**
 * Reading the model again without a request: for a signal to the process.
 *
 * Choice  it is on record as a change by request is: on disk before it takes effect
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { codeOf } from '../operation-outcome.ts';
import { noFacts, type AuditTrail } from '../audit/audit-trail.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { PreparedModel, ServedModels } from './served-models.ts';

export interface Reloaded {
  readonly result: 'changed' | 'unchanged' | 'refused';
  /** SHA-256 of the model that answers now. */
  readonly sha256: string;
  /** Why the other was refused; null where it was not. */
  readonly code: string | null;
}

/** Never rejects: what went wrong is told, and logged. */
export async function reloadModel(
  models: ServedModels,
  { audit, metrics, logger }: { readonly audit: AuditTrail; readonly metrics: Pick<ServerMetrics, 'reloaded'>; readonly logger?: Logger | undefined },
): Promise<Reloaded> {
  const record = (outcome: 'success' | 'refused', model: PreparedModel['model'], code: string | null): Promise<void> =>
    audit.record({
      ...noFacts,
      action: 'model-change',
      outcome,
      code,
      model: model.id,
      requestId: randomUUID(),
      route: 'SIGHUP',
      principal: null,
    });
  const told = (result: Reloaded['result'], code: string | null): Reloaded => {
    const reloaded = { result, sha256: models.current().id.sha256, code };
    metrics.reloaded(result);
    logger?.[result === 'refused' ? 'error' : 'info'](reloaded, 'model reload');
    return reloaded;
  };
  let prepared: PreparedModel;
  try {
    prepared = await models.prepare();
  } catch (error) {
    const code = codeOf(error);
    await record('refused', models.current(), code).catch(() => undefined);
    return told('refused', code);
  }
  try {
    await record('success', prepared.model, null);
  } catch (error) {
    await prepared.discard().catch(() => undefined);
    return told('refused', codeOf(error));
  }
  prepared.takeOver();
  return told(prepared.model.id.sha256 === prepared.before.id.sha256 ? 'unchanged' : 'changed', null);
}
