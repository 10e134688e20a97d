/**
 * Metrics in the Prometheus text format: how often, how fast, how well; of nobody in particular.
 *
 * Choice  labels are route patterns, methods, statuses, error codes and bands, a fixed and small set; nothing of a request becomes
 *         a label
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface ModelLabels {
  readonly name: string;
  readonly sha256: string;
  readonly codeVersion: string;
}

export interface ServerMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** @param seconds  from the first byte to the last */
  answered(request: { method: string; route: string; status: number; seconds: number; code: string | undefined }): void;
  scored(answer: { form: string; risk: number; band: string }): void;
  /** @param kept  whether an entry of the audit trail is on disk, or was refused */
  audited(kept: boolean): void;
}

/** @param options.ofProcess  memory, CPU, event loop and garbage collection of the process too */
export function createMetrics(model: ModelLabels, options: { ofProcess: boolean }): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.ofProcess) collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'readmission_http_request_duration_seconds',
    help: 'Time from request to end of answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const errors = new Counter({ name: 'readmission_errors_total', help: 'Refusals and faults', labelNames: ['code'], registers });
  const risks = new Histogram({
    name: 'readmission_score_risk',
    help: 'Calibrated risks given',
    labelNames: ['form'],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    registers,
  });
  const bands = new Counter({ name: 'readmission_score_band_total', help: 'Scores by band', labelNames: ['band'], registers });
  const entries = new Counter({ name: 'readmission_audit_entries_total', help: 'Entries of the audit trail on disk', registers });
  const unkept = new Counter({
    name: 'readmission_audit_failures_total',
    help: 'Answers refused because their audit entry could not be kept',
    registers,
  });
  new Gauge({
    name: 'readmission_model_info',
    help: 'The model in use; always 1',
    labelNames: ['name', 'sha256', 'code_version'],
    registers,
  }).set({ name: model.name, sha256: model.sha256, code_version: model.codeVersion }, 1);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered({ method, route, status, seconds, code }) {
      duration.observe({ method, route, status }, seconds);
      if (code !== undefined) errors.inc({ code });
    },
    scored({ form, risk, band }) {
      risks.observe({ form }, risk);
      bands.inc({ band });
    },
    audited: (kept) => (kept ? entries : unkept).inc(),
  };
}
