/** The engines behind one door: DuckDB for a cohort, SQLite for one patient; relations, flat tables, terminology. */
export { Warehouse, type Cell, type Parameter, type Row, type WarehouseOptions } from './warehouse.ts';
export { readRelation, relationName, type Relation } from './relation.ts';
export { classifiedCodes, PrefixMatcher } from './prefix-matches.ts';
export { loadTerminology } from './terminology-tables.ts';
export { flatTime, PatientTables } from './patient-tables.ts';
export type { FlatRow } from '../views/index.ts';
export {
  encounterSelect,
  flatTableDefinition,
  flatViews,
  loadFlatTables,
  type FlatTableCount,
  type FlatTableOptions,
} from './flat-tables.ts';
export { readTable } from './read-table.ts';
export { requireTableName, tableCsv, writeTable, type TableColumn } from './table-file.ts';
export { PatientDatabase, PatientStatement } from './patient-database.ts';
