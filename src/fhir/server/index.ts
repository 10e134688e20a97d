/**
 * The embedded FHIR server: what other folders may use of it.
 */
export { startFhirServer, type FhirServer, type FhirServerOptions } from './start-server.ts';
export type { Fault, FaultRequest, FaultScript } from './faults.ts';
