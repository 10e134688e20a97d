/**
 * The site mapping of a model, apart from its header: reading a header needs no mapping, and so runs where there are no files.
 */
import { parseSettledMapping, settleMapping, standardMapping, type SettledMapping } from '../mapping/index.ts';
import type { ModelHeader } from './model-header.ts';

/**
 * The mapping that records must be read with for this model.
 *
 * @throws {MappingError} MAPPING_INVALID for a document this build does not read
 */
export function modelMapping(header: Pick<ModelHeader, 'mapping' | 'training'>): SettledMapping {
  if (header.mapping === undefined) return settleMapping(standardMapping, header.training.synthetic);
  return parseSettledMapping(header.mapping.document, "the model's site mapping");
}
