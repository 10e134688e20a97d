/** Facts while a life is simulated: what is displaced, planted, ended. */
import { describe, expect, it } from '@jest/globals';
import { defaultIndexRules } from '../../src/simulation/eligibility.ts';
import { factsOf } from '../../src/simulation/fact-reader.ts';
import { createTimeline } from '../../src/simulation/timeline.ts';
import { expand } from '../cases/compact.ts';

const lines = [
  'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=84114007',
  'EMER e 2020-01-20T08:00:00Z/2020-01-20T12:00:00Z',
  'IMP b 2020-02-01T08:00:00Z/2020-02-03T10:00:00Z at=north reason=233604007',
  'IMP c 2020-03-01T08:00:00Z/2020-03-03T10:00:00Z at=north reason=233604007',
  'Observation o code=2951-2 value=134 unit=mmol/L on=2020-02-02T09:00:00Z in=b',
  'Order m code=855332 on=2020-03-02T09:00:00Z in=c',
];
const timeline = (): ReturnType<typeof createTimeline> => createTimeline(factsOf(expand(lines)), defaultIndexRules);
const at = (text: string): number => Date.parse(text);

describe('createTimeline', () => {
  it('gives the natural stays in order and keeps those taken', () => {
    const time = timeline();
    expect(time.nextNatural()?.stayId).toBe('Encounter/a');
    expect(time.takeNatural().stayId).toBe('Encounter/a');
    expect(time.stays().map(({ stayId }) => stayId)).toEqual(['Encounter/a']);
    expect(time.nextNatural()?.stayId).toBe('Encounter/b');
  });

  it('displaces stays and visits that begin in a span, both ends included, with what names them', () => {
    const time = timeline();
    time.takeNatural();
    time.displace(at('2020-01-20T08:00:00Z'), { ms: at('2020-02-01T08:00:00Z') });
    expect([...time.displaced()].sort()).toEqual(['Encounter/b', 'Encounter/e']);
    expect(time.facts().observations).toEqual([]);
    expect(time.facts().orders).toHaveLength(1);
    expect(time.nextNatural()?.stayId).toBe('Encounter/c');
    expect(time.naturalStays()).toEqual({ all: 3, displaced: 1 });
  });

  it('leaves what begins just outside', () => {
    const time = timeline();
    time.takeNatural();
    time.displace(at('2020-01-20T08:00:01Z'), { ms: at('2020-02-01T07:59:59Z') });
    expect(time.displaced().size).toBe(0);
  });

  it('does not displace a stay that was taken', () => {
    const time = timeline();
    time.takeNatural();
    time.displace(at('2019-01-01T00:00:00Z'), { ms: at('2021-01-01T00:00:00Z') });
    expect(time.displaced().has('Encounter/a')).toBe(false);
    expect(time.nextNatural()).toBeUndefined();
  });

  it('adds a planted stay among the facts in order, and never displaces its visit', () => {
    const time = timeline();
    time.takeNatural();
    const planted = factsOf(
      expand([
        'EMER pe 2020-01-10T03:00:00Z/2020-01-10T09:00:00Z',
        'IMP ps 2020-01-10T08:00:00Z/2020-01-12T10:00:00Z at=north reason=84114007',
      ]),
    );
    const stay = time.plant(planted);
    expect(stay).toMatchObject({ stayId: 'Encounter/ps', emergencyEncounterId: 'Encounter/pe' });
    time.displace(at('2020-01-10T00:00:00Z'), { ms: at('2020-01-31T00:00:00Z') });
    expect(time.facts().encounters.map(({ id }) => id)).toEqual([
      'Encounter/a',
      'Encounter/pe',
      'Encounter/ps',
      'Encounter/b',
      'Encounter/c',
    ]);
  });

  it('ends a record: later stays did not happen and later facts are gone', () => {
    const time = timeline();
    time.takeNatural();
    time.end(at('2020-02-02T00:00:00Z'));
    expect(time.nextNatural()).toBeUndefined();
    expect(time.facts().encounters.map(({ id }) => id)).toEqual(['Encounter/a', 'Encounter/e']);
    expect(time.facts().orders).toEqual([]);
    expect(time.naturalStays()).toEqual({ all: 3, displaced: 2 });
  });
});
