/** Planted readmissions with a known truth: what other folders may use. */
export {
  simulate,
  processName,
  truthName,
  type SimulateOptions,
  type SimulationReport,
  type SimulationTruth,
  type StateCounts,
} from './simulate.ts';
export { stripLanding, type StripReport } from './strip.ts';
export { nullOf, processNames, readProcess, states, type Intercepts, type ProcessDefinition, type State } from './process.ts';
export { truthColumns, type TruthColumn, type TruthRow } from './truth.ts';
