/**
 * The form of a FHIR id: what may stand in a path, a query or a reference without being anything else.
 *
 * Source  FHIR R4 datatypes.html#id
 */
export const fhirId = /^[A-Za-z0-9\-.]{1,64}$/;
