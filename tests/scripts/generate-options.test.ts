/** The options of the generating script: fixed defaults, and a refusal for everything that is not understood. */
import { describe, expect, test } from '@jest/globals';
import { parseOptions } from '../../scripts/generate-synthea/options.ts';
import { syntheaArguments } from '../../scripts/generate-synthea/run-metadata.ts';

const silent = (): void => undefined;
const parse = (...argv: string[]): ReturnType<typeof parseOptions> => parseOptions(argv, silent);

describe('options of generate-synthea', () => {
  test('the population alone names a cohort', () => {
    const options = parse('--population', '1560', '--out', 'synthea-data');
    expect(options).toMatchObject({ out: 'synthea-data', raw: null, threads: 2, heap: '3g', keepRaw: false });
    const settings = options?.settings;
    expect(settings).toEqual({
      population: 1560,
      seed: 20261124,
      clinicianSeed: 20261124,
      referenceDate: '20260101',
      endDate: '20260101',
      ages: '40-95',
      yearsOfHistory: 10,
      state: 'Massachusetts',
    });
    expect(settings && syntheaArguments(settings).join(' ')).toBe(
      '-s 20261124 -cs 20261124 -r 20260101 -e 20260101 -p 1560 -a 40-95 --exporter.fhir.export=true --exporter.fhir.bulk_data=true ' +
        '--exporter.pretty_print=false --generate.log_patients.detail=none --exporter.years_of_history=10 ' +
        '--exporter.fhir.included_resources=Patient,Encounter,Condition,Observation,Procedure,MedicationRequest Massachusetts',
    );
  });

  test('one seed serves patients and clinicians', () => {
    expect(parse('--population', '10', '--seed', '7', '--out', 'x')?.settings).toMatchObject({ seed: 7, clinicianSeed: 7 });
  });

  test('an existing output is pruned without settings', () => {
    expect(parse('--raw', 'raw', '--out', 'x')).toMatchObject({ raw: 'raw', settings: null });
  });

  test('help is printed and nothing is done', () => {
    let text = '';
    expect(parseOptions(['--help'], (part) => (text += part))).toBeNull();
    expect(text).toContain('Example: scripts/generate-synthea/run.sh --population 1560');
  });

  test.each([
    ['an unknown option', ['--population', '1', '--out', 'x', '--exporter.csv.export=true'], /unknown option/],
    ['a word too many', ['--population', '1', '--out', 'x', 'Ohio'], /too many arguments/],
    ['no output folder', ['--population', '1'], /--out/],
    ['neither a population nor raw records', ['--out', 'x'], /neither/],
    ['both', ['--out', 'x', '--population', '1', '--raw', 'y'], /both/],
    ['a setting that raw records have already', ['--out', 'x', '--raw', 'y', '--seed', '1'], /seed/],
    ['a population of 0', ['--population', '0', '--out', 'x'], /whole number/],
    ['a number with a unit', ['--population', '1e3', '--out', 'x'], /whole number/],
    ['a date with hyphens', ['--population', '1', '--out', 'x', '--date', '2026-01-01'], /form of 20260101/],
    ['a state that would be an option', ['--population', '1', '--out', 'x', '--state', '-p'], /state|argument/],
  ])('%s is refused', (_, argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'SYNTHEA_OPTION' }));
  });
});
