/**
 * Getting and keeping records: what other folders may use of `fhir`. The embedded server has an index of its own (./server).
 */
export { pull } from './pull.ts';
export { syntheaIdentifierSystem, type PullOptions } from './pull-options.ts';
export type { PullReport } from './finish.ts';
export type { Accounts, Shortfall, TypeAccount } from './accounting.ts';
export type { TokenSource } from './transport.ts';
export {
  landingFiles,
  parseManifest,
  readManifest,
  verifyLanding,
  writeLandingBytes,
  writeLandingFile,
  writeManifest,
  type LandingFile,
  type LandingFileOptions,
  type LandingManifest,
  type Planting,
} from './landing.ts';
export { readNdjson, readNdjsonBytes, type NdjsonBytes, type NdjsonLine, type NdjsonOptions } from './ndjson.ts';
