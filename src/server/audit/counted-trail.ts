/**
 * An audit trail whose entries and failures are counted in the metrics, whatever keeps it.
 */
import type { ServerMetrics } from '../metrics.ts';
import type { AuditTrail } from './audit-trail.ts';

export function countedTrail(trail: AuditTrail, metrics: Pick<ServerMetrics, 'audited'>): AuditTrail {
  return {
    get healthy() {
      return trail.healthy ?? true;
    },
    record: async (entry) => {
      let kept = false;
      try {
        await trail.record(entry);
        kept = true;
      } finally {
        metrics.audited(kept);
      }
    },
    ...(trail.search === undefined ? {} : { search: trail.search.bind(trail) }),
  };
}
