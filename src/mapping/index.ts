/** Site mappings: what a hospital's own records mean, as views, SQL and tables. */
export {
  encounterKinds,
  mappingChoices,
  mappingHash,
  parseSettledMapping,
  parseSiteMapping,
  readSiteMapping,
  settleMapping,
  standardMapping,
  type EncounterKind,
  type SettledMapping,
  type SiteMapping,
} from './site-mapping.ts';
export { publicAliases, standardSystems } from './code-systems.ts';
export { codeMeanings, type CodedElement } from './code-meanings.ts';
export { mappedViews, recordedEncounter } from './mapped-views.ts';
export { encounterSql, partUpdates } from './encounter-sql.ts';
