/**
 * What happens to a model after its training: how far its data are from those of the site, how it is watched, how it is renewed.
 */
import { computed, joinLines, statedOrNot, type CardField } from './card-field.ts';
import { lastMonitoring, type CardSources } from './card-sources.ts';
import { countText, isNumber } from './card-text.ts';
import { toldParent } from './patient-hash.ts';

export function relevance(sources: CardSources): CardField {
  const said = sources.statements.data?.relevance;
  const record = lastMonitoring(sources);
  if (record === undefined) {
    return statedOrNot(said, 'data.relevance');
  }
  const { risk, features } = record.stability;
  const shifted = features
    .slice(0, 5)
    .map(({ name, index }) => `${name} ${isNumber(index) ? index.toFixed(2) : 'not available'}`);
  const text = `${said === undefined ? '' : `${joinLines([said])} `}Population stability index against ${record.data.name}: risk ${
    isNumber(risk) ? risk.toFixed(2) : 'not available'
  }; features that moved most: ${shifted.length === 0 ? 'none' : shifted.join(', ')}.`;
  return computed(text, {
    value: record.stability,
    evidence: `records.json: monitoring[${sources.records.monitoring.length - 1}]${said === undefined ? '' : '; card.yaml: data.relevance'}`,
    computedAt: record.when,
  });
}

export function monitoringProcess(sources: CardSources, of: 'validity' | 'fairness'): CardField {
  const said = sources.statements.monitoring?.[of];
  const record = lastMonitoring(sources);
  if (record === undefined) return statedOrNot(said, `monitoring.${of}`);
  const runs = countText(sources.records.monitoring.length, 'run');
  const exceeded =
    record.exceeded.length === 0 ? 'no bound was exceeded' : `${countText(record.exceeded.length, 'bound')} exceeded`;
  return computed(
    `${said === undefined ? 'No schedule is stated.' : joinLines([said])} ${runs} of readmission monitor recorded, the last ${record.when} on ${record.data.name}: ${exceeded}.`,
    {
      value: { runs: sources.records.monitoring.length, last: record.when, exceeded: record.exceeded },
      evidence: `records.json: monitoring${said === undefined ? '' : `; card.yaml: monitoring.${of}`}`,
      computedAt: record.when,
    },
  );
}

export function updates(sources: CardSources): CardField {
  const { header, statements, records } = sources;
  const said = statements.updates?.process;
  const history = updateHistory(sources);
  if (history.length === 0) return statedOrNot(said, 'updates.process');
  return computed(`${said === undefined ? 'No schedule is stated.' : joinLines([said])} History: ${history.join('; ')}.`, {
    value: { parent: toldParent(header) ?? 'not named in the model', records: records.parents },
    evidence: `model.bin: parent; records.json: parents${said === undefined ? '' : '; card.yaml: updates.process'}`,
    computedAt: records.parents.at(-1)?.when ?? header.createdAt,
  });
}

/** What was done to the models this one came from, one clause each, nearest last; empty for a model trained from records. */
export function updateHistory({ header: { parent, createdAt }, records }: CardSources): string[] {
  const told = records.parents.map(
    ({ when, change, method, name, modelSha256 }) => `${when}: ${change} (${method}) from ${name} (${modelSha256.slice(0, 12)})`,
  );
  if (parent === undefined || records.parents.some(({ modelSha256 }) => modelSha256 === parent.modelSha256)) return told;
  return [...told, `${createdAt}: recalibrated (${parent.method}) from ${parent.name} (${parent.modelSha256.slice(0, 12)})`];
}
