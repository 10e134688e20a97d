/** DuckDB behind one door: open, load, run relations, stream columns out. */
export { Warehouse, PreparedQuery, type Cell, type Parameter, type Row, type WarehouseOptions } from './warehouse.ts';
export { readRelation, relationName, type Relation } from './relation.ts';
export { loadTerminology } from './terminology-tables.ts';
export { createPatientTables, flatColumns, flatTableNames, flattenPatient, flatTime } from './patient-tables.ts';
export { flatTableDefinition, flatViews, loadFlatTables, type FlatTableCount } from './flat-tables.ts';
export { requireTableName, writeTable, type TableColumn } from './table-file.ts';
