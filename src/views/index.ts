/**
 * Flat tables from FHIR: SQL-on-FHIR v2 ViewDefinitions and their compiler to DuckDB SQL.
 */
export { compileView, type CompiledView } from './compile-view.ts';
export { createFlattener, type FlatColumn, type FlatColumnType, type FlatRow, type Flattener } from './evaluate-view.ts';
export { jsonSource, readJsonSource } from './json-sources.ts';
export type { CompiledColumn } from './select-compiler.ts';
export { readViews } from './shipped-views.ts';
export { flatTableSql, invalidTimesSql, prelude, timeColumns } from './time-sql.ts';
export { parseViewDefinition, viewDefinitionSchema, type ViewDefinition } from './view-definition.ts';
export { timeParts } from './fhir-time.ts';
export { sqlString } from './sql-text.ts';
