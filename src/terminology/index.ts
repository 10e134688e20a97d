/** Code systems, value sets and unit conversions. */
export { readCodeSystemFamilies, type CodeSystemFamily } from './code-system.ts';
export {
  readTerminology,
  type CodePrefix,
  type Hierarchy,
  type Terminology,
  type ValueSet,
  type ValueSetFile,
} from './value-set.ts';
export { readUnitConversions, type UnitConversion } from './unit.ts';
