/** Value sets and unit conversions. */
export { readTerminology, type Hierarchy, type Terminology, type ValueSet, type ValueSetFile } from './value-set.ts';
export { readUnitConversions, type UnitConversion } from './unit.ts';
