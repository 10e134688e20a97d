/** Definitions as they are served, and as the answers and the refusals keep to them. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { eligibilityRules } from '../../../src/scoring/index.ts';
import { extensionSpecifications, extensionUrl } from '../../../src/server/fhir/extensions.ts';
import { definitions } from '../../../src/server/fhir/index.ts';
import { outcomes } from '../../../src/server/operation-outcome.ts';
import { closeAll, serve } from '../support/served.ts';

afterEach(closeAll);

const nobody = {
  identify: () => {
    throw new Error('expected nobody to be asked for');
  },
};

test('each is served at its type and id, to everybody, in either media type', async () => {
  const served = await serve({ access: nobody });
  expect(definitions().length).toBeGreaterThan(9);
  for (const definition of definitions()) {
    for (const type of ['application/fhir+json', 'application/json']) {
      const response = await fetch(`${served.url}/fhir/${definition.resourceType}/${definition.id}`, {
        headers: { accept: type },
      });
      expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
      expect(await response.json()).toEqual(JSON.parse(JSON.stringify(definition)));
    }
    expect(definition.url).toMatch(new RegExp(`/${definition.resourceType}/${definition.id}$`));
    expect(definition).toMatchObject({
      status: 'active',
      version: expect.any(String),
      date: expect.any(String),
      name: expect.stringMatching(/^[A-Z]\w+$/),
    });
  }
  expect(served.audited).toEqual([]);
});

test('another id is not found', async () => {
  const served = await serve();
  for (const path of ['StructureDefinition/none', 'CodeSystem/Encounter-readmission-risk', 'OperationDefinition/constructor']) {
    const response = await fetch(`${served.url}/fhir/${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'not-found' }] });
  }
});

describe('the capability statement', () => {
  test('names what is there, and every canonical of it is served', async () => {
    const served = await serve({ access: nobody });
    const statement = (await (await fetch(`${served.url}/fhir/metadata`)).json()) as fhir4.CapabilityStatement;
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      status: 'active',
      date: '2026-01-02T03:04:05Z',
      kind: 'instance',
      fhirVersion: '4.0.1',
      format: ['application/fhir+json', 'json'],
      software: { version: '0.1.0' },
      implementation: { url: `${served.url}/fhir` },
    });
    const resources = statement.rest?.[0]?.resource ?? [];
    const operations = resources.flatMap(({ operation = [] }) => operation);
    expect(operations.map(({ name, definition }) => [name, definition])).toEqual([
      ['readmission-risk', definitions().find(({ resourceType }) => resourceType === 'OperationDefinition')?.url],
    ]);
    const readable = resources.filter(({ interaction }) => interaction?.[0]?.code === 'read').map(({ type }) => type);
    expect(new Set(definitions().map(({ resourceType }) => resourceType))).toEqual(new Set(readable));
  });

  test('is at the public address where there is one', async () => {
    const served = await serve({ publicUrl: 'https://risk.example.org' });
    const response = await fetch(`${served.url}/fhir/metadata`);
    expect(await response.json()).toMatchObject({ implementation: { url: 'https://risk.example.org/fhir' } });
  });
});

describe('the operation', () => {
  const operation = definitions().find(({ resourceType }) => resourceType === 'OperationDefinition') as fhir4.OperationDefinition;

  test('is of the level of instance and type, by POST, with one output', () => {
    expect(operation).toMatchObject({
      code: 'readmission-risk',
      resource: ['Encounter'],
      system: false,
      type: true,
      instance: true,
    });
    expect(operation.parameter?.filter(({ use }) => use === 'out')).toMatchObject([
      { name: 'return', type: 'RiskAssessment', min: 1, max: '1' },
    ]);
  });

  test('has the parameters that are read, each as its type', async () => {
    const served = await serve();
    const named = operation.parameter?.filter(({ use }) => use === 'in') ?? [];
    const ask = async (parameter: object): Promise<string> => {
      const response = await fetch(`${served.url}/fhir/Encounter/e1/$readmission-risk`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [parameter] }),
      });
      return ((await response.json()) as fhir4.OperationOutcome).issue[0]?.diagnostics ?? '';
    };
    const listed = /\(([^)]*)\)/.exec(await ask({ name: 'none', valueString: 'x' }))?.[1]?.split(', ');
    expect(listed?.sort()).toEqual(named.map(({ name }) => name).sort());
    for (const { name, type } of named) {
      expect(await ask({ name, valueString: 'x' })).toContain(
        type === 'Bundle' ? 'as resource' : `as value${type?.replace(/^./, (c) => c.toUpperCase())}`,
      );
    }
  });
});

describe('the code systems', () => {
  const codesOf = (id: string): (string | undefined)[] =>
    (definitions().find((one) => one.id === id) as fhir4.CodeSystem).concept?.map(({ code, display }) => `${code}: ${display}`) ??
    [];

  test('hold every rule a refusal can name, and every error code', () => {
    expect(eligibilityRules().length).toBeGreaterThan(15);
    expect(codesOf('eligibility-rule')).toEqual(eligibilityRules().map(({ id, words }) => `${id}: ${words}`));
    expect(new Set(eligibilityRules().map(({ id }) => id)).size).toBe(eligibilityRules().length);
    expect(codesOf('problem')).toEqual(Object.entries(outcomes).map(([code, { title }]) => `${code}: ${title}`));
    expect(codesOf('readmission-risk').length).toBe(3);
  });
});

test('the profile has a slice for each extension, and each extension a definition', () => {
  const profile = definitions().find(({ id }) => id === 'readmission-risk-assessment') as fhir4.StructureDefinition;
  const sliced = profile.differential?.element.flatMap(({ type }) => type?.flatMap((one) => one.profile ?? []) ?? []);
  const urls = Object.keys(extensionSpecifications).map((name) => extensionUrl(name as keyof typeof extensionSpecifications));
  expect(sliced?.sort()).toEqual([...urls].sort());
  const defined = definitions().filter((one) => one.resourceType === 'StructureDefinition' && one.type === 'Extension');
  expect(defined.map(({ url }) => url).sort()).toEqual([...urls].sort());
});
