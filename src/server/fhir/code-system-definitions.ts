/**
 * The CodeSystems of this project: what is predicted, why no risk is given, what went wrong. Each from the table that is answered by.
 *
 * Source  FHIR R4 codesystem.html
 */
import { eligibilityRules } from '../../scoring/index.ts';
import { outcomes } from '../operation-outcome.ts';
import { overrideReasons, overrideReasonSystem, topic, topicSystem } from '../cds-hooks/codes.ts';
import { codeSystems, nameOf, publication } from './canonical.ts';
import { riskCodes } from './risk-codes.ts';

export const codeSystemDefinitions = (): fhir4.CodeSystem[] => [
  codeSystem(
    codeSystems.risk,
    'Readmission risk',
    'What is assessed and predicted.',
    Object.entries(riskCodes).map(([code, told]) => ({ code, ...told })),
  ),
  codeSystem(
    codeSystems.eligibility,
    'Rules by which a stay is no index discharge',
    'Why no risk is given. Which of them a model applies is said by its cohort definition (GET /v1/model).',
    eligibilityRules().map(({ id, words }) => ({ code: id, display: words })),
  ),
  codeSystem(
    codeSystems.problem,
    'Problems',
    'Error codes of the server, by which a client can branch. Errors of the FHIR server it reads from may have further codes that begin with FHIR_.',
    Object.entries(outcomes).map(([code, { title }]) => ({ code, display: title })),
    'fragment',
  ),
  codeSystem(topicSystem, 'Topics of CDS Hooks cards', 'What a card of this server is about.', [
    { code: topic.code, display: topic.display },
  ]),
  codeSystem(
    overrideReasonSystem,
    'Override reasons of CDS Hooks cards',
    'Why a clinician sets a card aside; what each is told for is in the report of feedback.',
    Object.entries(overrideReasons).map(([code, display]) => ({ code, display })),
  ),
];

function codeSystem(
  url: string,
  title: string,
  description: string,
  concept: fhir4.CodeSystemConcept[],
  content: fhir4.CodeSystem['content'] = 'complete',
): fhir4.CodeSystem {
  const id = url.slice(url.lastIndexOf('/') + 1);
  return {
    resourceType: 'CodeSystem',
    id,
    url,
    ...publication,
    name: nameOf(id),
    title,
    description,
    caseSensitive: true,
    content,
    ...(content === 'complete' ? { count: concept.length } : {}),
    concept,
  };
}
