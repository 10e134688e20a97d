/** The solver on a cohort in which returns beget returns and death ends a record. */
import { describe, expect, it } from '@jest/globals';
import { solveIntercepts, type Rates } from '../../src/simulation/intercepts.ts';
import { createProcess } from '../../src/simulation/linear-predictor.ts';
import { drawFrailty, drawState } from '../../src/simulation/outcome-draw.ts';
import { nullOf, type Intercepts, type ProcessDefinition } from '../../src/simulation/process.ts';
import { randomStream } from '../../src/util/random.ts';
import { smallProcess } from './small-process.ts';

/** Patients with up to 12 discharges: three natural ones and their returns; only adults' count, as with index rules. */
function cohort(definition: ProcessDefinition, patients: number): (intercepts: Intercepts) => Rates {
  const process = createProcess(definition);
  return (intercepts) => {
    const counts = { unplanned: 0, death: 0, planned: 0, none: 0 };
    for (let patient = 0; patient < patients; patient += 1) {
      const stream = randomStream(9, patient);
      const b = drawFrailty(stream, definition.frailty.sd);
      const [age, hb, chf] = [20 + 70 * stream.uniform(), 7 + 8 * stream.uniform(), stream.below(2)];
      let prior = 0;
      for (let natural = 3; natural > 0 && prior < 12;) {
        const values = { acute: 1, age, hb, prior, chf, renal: chf, cancer: stream.below(2) };
        const state = drawState(stream.uniform(), process.probabilities(process.predictors(values), b, intercepts));
        if (age >= 30) counts[state] += 1;
        if (state === 'death') break;
        prior += 1;
        if (state === 'none') natural -= 1;
      }
    }
    const discharges = counts.unplanned + counts.death + counts.planned + counts.none;
    return {
      unplanned: counts.unplanned / discharges,
      death: counts.death / discharges,
      planned: counts.planned / discharges,
      discharges,
    };
  };
}

describe('solveIntercepts', () => {
  it('reaches the targets in few simulations and gives the same answer again', async () => {
    const rates = cohort(smallProcess, 4000);
    const solved = await solveIntercepts(smallProcess, rates);
    expect(Math.abs(solved.rates.unplanned - 0.15)).toBeLessThanOrEqual(0.002);
    expect(Math.abs(solved.rates.death - 0.025)).toBeLessThanOrEqual(0.001);
    expect(Math.abs(solved.rates.planned - 0.02)).toBeLessThanOrEqual(0.001);
    expect(rates(solved.intercepts)).toEqual(solved.rates);
    expect(solved.iterations).toBeLessThanOrEqual(10);
    expect(await solveIntercepts(smallProcess, rates)).toEqual(solved);
  });

  it('solves the null process, small cohorts and high targets', async () => {
    const off = nullOf(smallProcess);
    expect((await solveIntercepts(off, cohort(off, 2000))).rates.unplanned).toBeCloseTo(0.15, 2);
    expect(Math.abs((await solveIntercepts(smallProcess, cohort(smallProcess, 150))).rates.unplanned - 0.15)).toBeLessThan(0.006);
    const high = { ...smallProcess, targets: { unplanned: 0.4, death: 0.1, planned: 0.05 } };
    expect(Math.abs((await solveIntercepts(high, cohort(high, 3000))).rates.unplanned - 0.4)).toBeLessThanOrEqual(0.002);
  });

  it('turns an outcome with target 0 off', async () => {
    const without = { ...smallProcess, targets: { unplanned: 0.15, death: 0, planned: 0.02 } };
    const solved = await solveIntercepts(without, cohort(without, 2000));
    expect(solved.rates.death).toBe(0);
    expect(solved.intercepts.death).toBe(-30);
  });

  it('starts from intercepts that are there and says each step', async () => {
    const rates = cohort(smallProcess, 1000);
    const { intercepts } = await solveIntercepts(smallProcess, rates);
    const steps: number[] = [];
    const again = await solveIntercepts({ ...smallProcess, intercepts: { ...intercepts } }, rates, {
      onIteration: (i) => steps.push(i),
    });
    expect(again.iterations).toBe(1);
    expect(steps).toEqual([1]);
  });

  it('takes the nearest round where the rates jump over the tolerance, within three of it', async () => {
    let round = 0;
    // Two values about the target, none of them within 0.002.
    const jumping = (): Rates => ({ unplanned: (round += 1) === 3 ? 0.1475 : 0.16, death: 0.025, planned: 0.02 });
    const solved = await solveIntercepts(smallProcess, jumping, { maxIterations: 6 });
    expect(solved).toMatchObject({ iterations: 3, rates: { unplanned: 0.1475 } });
  });

  it('says what it reached when targets cannot be', async () => {
    let calls = 0;
    const stuck = (): Rates => ({ unplanned: (calls += 1) === 2 ? 0.3 : 0.4, death: 0.025, planned: 0.02 });
    await expect(solveIntercepts(smallProcess, stuck, { maxIterations: 4 })).rejects.toThrow(
      expect.objectContaining({ code: 'SIM_INTERCEPTS', details: { unplanned: 0.3, death: 0.025, planned: 0.02 } }),
    );
  });
});
