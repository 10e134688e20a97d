/** Records into a server as they are, under their own ids: transactions of 200, each whole or not at all. */
import type { Resource } from './synthea-sample.ts';

const perTransaction = 200;

/** @param resources  a resource may refer to those before it and in its own transaction */
export async function load(server: string, resources: readonly Resource[]): Promise<void> {
  for (let from = 0; from < resources.length; from += perTransaction) {
    const entry = resources.slice(from, from + perTransaction).map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }));
    const answer = await fetch(server, {
      method: 'POST',
      headers: { 'Content-Type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`expected a stored transaction, found status ${answer.status}: ${text.slice(0, 500)}`);
  }
}
