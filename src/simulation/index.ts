/** Planted readmissions with a known truth: what other folders may use. */
export { simulate, type SimulateOptions, type SimulationReport, type SimulationTruth } from './simulate.ts';
export type { SimulationCounts, StateCounts } from './tally.ts';
export { stripLanding, type StripReport } from './strip.ts';
export { nullOf, processNames, readProcess, type Intercepts, type ProcessDefinition, type State } from './process.ts';
export { truthColumns, type TruthColumn, type TruthRow } from './truth.ts';
