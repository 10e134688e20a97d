/**
 * Metrics in the Prometheus text format: how often, how fast, how well; of nobody in particular.
 *
 * Choice  labels are route patterns, methods, statuses, error codes and bands, a fixed and small set; nothing of a request becomes
 *         a label
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DriftReport } from './drift/drift-window.ts';
import type { PoolWatch } from './scoring-pool/pool-watch.ts';

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
  /** Another model was asked for. */
  reloaded(result: 'changed' | 'unchanged' | 'refused'): void;
}

export interface MetricsOptions {
  /** Memory, CPU, event loop and garbage collection of the process too. */
  readonly ofProcess: boolean;
  readonly threads?: Pick<PoolWatch, 'now'> | undefined;
  /** Of the model that answers when the metrics are read. */
  readonly drift?: (() => DriftReport) | undefined;
}

/** @param model  the one that answers when the metrics are read */
export function createMetrics(model: () => ModelLabels, options: MetricsOptions): ServerMetrics {
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
    collect() {
      const { name, sha256, codeVersion } = model();
      this.reset();
      this.set({ name, sha256, code_version: codeVersion }, 1);
    },
  });
  const reloads = new Counter({
    name: 'readmission_model_reload_total',
    help: 'Changes of the model that were asked for, by what came of them',
    labelNames: ['result'],
    registers,
  });
  if (options.drift !== undefined) driftMetrics(options.drift, registers);
  if (options.threads !== undefined) threadMetrics(options.threads, registers);
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
    reloaded: (result) => reloads.inc({ result }),
    audited: (kept) => (kept ? entries : unkept).inc(),
  };
}

function threadMetrics(threads: Pick<PoolWatch, 'now'>, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('readmission_scores_waiting', 'Scores that wait for a thread', () => threads.now.waiting);
  gauge('readmission_threads_busy', 'Scoring threads at work', () => threads.now.busy);
  gauge('readmission_threads_ready', 'Scoring threads that are ready', () => threads.now.ready);
  new Counter({
    name: 'readmission_threads_lost_total',
    help: 'Scoring threads that were replaced, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of threads.now.lost) this.inc({ reason }, count);
    },
  });
}

function driftMetrics(report: () => DriftReport, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: (of: DriftReport) => number | null): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        // What is not known is not told as nought.
        this.set(value(report()) ?? Number.NaN);
      },
    });
  const byFeature = (name: string, help: string, value: (of: DriftReport['features'][number]) => number | null): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ['feature'],
      registers,
      collect() {
        this.reset();
        for (const feature of report().features) {
          const now = value(feature);
          if (now !== null) this.set({ feature: feature.name }, now);
        }
      },
    });
  gauge('readmission_drift_answers', 'Answers in the window that drift is measured on', ({ answers }) => answers);
  gauge('readmission_drift_risk_psi', 'Stability index of the last risks against those of training', ({ risk }) => risk.psi);
  byFeature('readmission_drift_feature_psi', 'Stability index of the last values against those of training', ({ psi }) => psi);
  byFeature('readmission_feature_missing_share', 'Share missing among the last values', ({ missing }) => missing);
}
