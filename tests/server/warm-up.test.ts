/** The warm-up scores a made-up discharge, and tells a broken build from a model that wants other patients. */
import { expect, test } from '@jest/globals';
import { ScoringError, WarehouseError } from '../../src/errors.ts';
import { readPatientBundle } from '../../src/scoring/bundle.ts';
import { bundleRequestSchema } from '../../src/scoring/index.ts';
import { warmUp } from '../../src/server/warm-up.ts';
import { answer } from './support/served.ts';

test('the requests are sound', async () => {
  let calls = 0;
  const scoreBundle = async (request: unknown) => {
    calls += 1;
    expect(readPatientBundle(bundleRequestSchema.parse(request).bundle).types).toHaveLength(6);
    return answer;
  };
  await warmUp({ scoreBundle });
  expect(calls).toBeGreaterThanOrEqual(2);
});

test('not eligible passes, anything else does not', async () => {
  const refuse = (error: Error) => warmUp({ scoreBundle: () => Promise.reject(error) });
  await expect(refuse(new ScoringError('SCORING_NOT_ELIGIBLE', 'x'))).resolves.toBeUndefined();
  await expect(refuse(new ScoringError('SCORING_NOT_A_NUMBER', 'x'))).rejects.toMatchObject({ code: 'SCORING_NOT_A_NUMBER' });
  await expect(refuse(new WarehouseError('WAREHOUSE_SQL', 'x'))).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' });
});
