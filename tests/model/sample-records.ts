/** One record of each kind. */
import type { ExternalValidationRecord, MonitoringRecord, ParentRecord } from '../../src/model/index.ts';
import { group, interval } from './sample-evidence.ts';

const data = {
  name: 'St. Mary 2025',
  manifestSha256: '12'.repeat(32),
  synthetic: false,
  transactionTime: '2026-01-01T00:00:00Z',
};
const subgroups = [
  { by: 'sex', notRecorded: 7, threshold: 0.2, groups: [group('female', 250, 30, { auroc: interval(0.64, 0.55, 0.73) })] },
];

export const externalRecord: ExternalValidationRecord = {
  when: '2026-03-01T10:00:00Z',
  party: 'Institute of Biometry',
  setting: 'community hospital, Bavaria',
  data,
  rows: 500,
  events: 60,
  patients: 420,
  seenLeftOut: 2,
  outcome: 'unplanned readmission within 30 days',
  figures: { auroc: interval(0.65, 0.58, 0.72), calibrationSlope: interval(0.8, 0.6, NaN) },
  baselines: { lace: { auroc: interval(0.6, 0.52, 0.68) } },
  subgroups,
  command: 'readmission validate --model m --data d',
  codeVersion: '0.1.0',
};

export const monitoringRecord: MonitoringRecord = {
  when: '2026-06-01T10:00:00Z',
  data,
  rows: 300,
  patients: 280,
  events: 33,
  stability: { risk: 0.12, features: [{ name: 'last_sodium', index: 0.31 }] },
  figures: { auroc: interval(0.63, 0.53, 0.73) },
  subgroups,
  exceeded: ['last_sodium: stability index 0.31, bound 0.25'],
  command: 'readmission monitor --model m --data d',
  codeVersion: '0.1.0',
};

export const parentRecord: ParentRecord = {
  when: '2026-04-01T10:00:00Z',
  modelSha256: '34'.repeat(32),
  name: 'parent',
  change: 'recalibrated',
  method: 'slope',
  data,
  rows: 500,
  events: 60,
  description: 'Slope 0.8 became 1.0 on held-out local discharges.',
  command: 'readmission recalibrate --model parent --data d --out m',
  codeVersion: '0.1.0',
};
