/**
 * Report: the evidence of a run as one HTML file, and its drawings for use elsewhere.
 */
export { dependenceSvg, type Dependence } from './plots/dependence.ts';
export { forestPlotSvg, type ForestPlotOptions, type ForestRow } from './plots/forest-panels.ts';
export { riskProfileSvg, type RiskProfileOptions } from './plots/risk-profile.ts';
export { waterfallSvg, type WaterfallOptions } from './plots/waterfall.ts';
export { renderReport } from './render-report.ts';
export type {
  ReportAttritionLine,
  ReportHeader,
  ReportInput,
  ReportMetrics,
  ReportTruth,
  ReportValidation,
} from './report-input.ts';
export { writeReport } from './write-report.ts';
