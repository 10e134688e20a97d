/** One model in several settings: what a folder holds of its training, what follows of it, and nothing where it holds none. */
import { describe, expect, it } from '@jest/globals';
import { settingFigures, settingsOfTraining } from '../../src/training/setting-figures.ts';
import { smallModel } from './site-study.ts';

describe('figures of a setting', () => {
  it('are read from the folder, the ratio of observed to expected with its interval', async () => {
    const { folder } = await smallModel(200);
    const settings = settingsOfTraining(folder.metrics);
    expect(settings.map(({ setting }) => setting)).toEqual(['grouped', 'temporal']);
    const { rows, events, meanRisk, figures } = settings[0]!;
    expect(figures['auroc']).toEqual(
      (folder.metrics as { evidence: { grouped: { headline: { forest: { auroc: object } } } } }).evidence.grouped.headline.forest
        .auroc,
    );
    expect(figures['observedToExpected']?.estimate).toBeCloseTo(events / rows / (meanRisk as number), 9);
    expect(figures['observedToExpected']?.lower).toBeLessThan(figures['observedToExpected']?.upper as number);
  });

  it('have the ratio without an interval where a folder of before does not keep it', () => {
    const none = { estimate: 0.01, lower: null, upper: null };
    const groups = [
      { rows: 50, events: 6, meanRisk: 0.125, estimate: 0.1, lower: 0, upper: 1 },
      { rows: 50, events: 14, meanRisk: 0.25, estimate: 0.35, lower: 0, upper: 1 },
    ];
    const evidence = {
      description: 'd',
      rows: 100,
      patients: 80,
      events: 20,
      headline: {},
      calibration: { ici: none, e50: none, e90: none, groups },
    };
    expect(settingFigures('grouped', evidence)).toMatchObject({
      meanRisk: 0.1875,
      figures: { observedToExpected: { estimate: 20 / 18.75, lower: null } },
    });
    // Groups that do not hold every discharge give no mean.
    const some = { ...evidence, calibration: { ...evidence.calibration, groups: groups.slice(1) } };
    expect(settingFigures('grouped', some)).toMatchObject({ meanRisk: null });
  });

  it('are none where metrics cannot be read', () => {
    expect(settingsOfTraining({})).toEqual([]);
  });
});
