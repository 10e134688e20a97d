/**
 * Which services the model in use can serve: none with a model of a table, which knows no records.
 */
import { isTableModel } from '../../model/index.ts';
import type { ServedModel } from '../model-source.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { Asked } from '../route.ts';
import { serviceById, services, type CdsService } from './services.ts';

export function offeredServices({ scorer }: ServedModel): readonly CdsService[] {
  return isTableModel(scorer.model.header) ? [] : services;
}

/** The one in the path. @throws {RequestRefusal} SERVER_NOT_FOUND */
export function requestedService(asked: Asked, model: ServedModel): CdsService {
  const service = serviceById(asked.param('id'));
  if (service !== undefined && offeredServices(model).includes(service)) return service;
  throw new RequestRefusal('SERVER_NOT_FOUND', 'expected the id of a CDS service; GET /cds-services lists them');
}
