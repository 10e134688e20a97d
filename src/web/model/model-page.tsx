/**
 * Model: what it predicts, how well by its validation, for whom, what it reads, what it must not be used for.
 */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ModelDescription } from '../api/answers.ts';
import { usePageState, useStore } from '../parts/hooks.ts';
import { Loading } from '../parts/loading.tsx';
import { ProblemBox } from '../parts/problem-box.tsx';
import { capital } from '../text/names.ts';
import { counted, dateText, percent, percentRange } from '../text/number-text.ts';
import { CardSection } from './card-section.tsx';
import { DriftSection } from './drift-section.tsx';
import { HeadlineSection } from './headline-section.tsx';
import { ImportanceSection } from './importance-section.tsx';
import { listOf, at, mainEvidence, textOf, type Json } from './metrics-reading.ts';
import { PerformanceSection } from './performance-section.tsx';
import { PopulationSection } from './population-section.tsx';
import { ReportLink } from './report-link.tsx';
import { SubgroupSection } from './subgroup-section.tsx';

export function ModelPage(): VNode {
  const state = usePageState();
  const model = useStore(state.model);
  const metrics = useStore(state.metrics);
  const card = useStore(state.card);
  useEffect(() => {
    if (state.card.value.status === 'idle') void state.card.ask(null);
    for (const question of [state.model, state.metrics]) if (question.value.status === 'failed') question.again();
  }, [state]);
  return (
    <div class="model">
      <div class="heading">
        <p class="kind">Model</p>
        <h1 tabIndex={-1}>{model.status === 'ready' ? model.value.name : 'The model'}</h1>
        {model.status === 'ready' ? <Identity model={model.value} /> : null}
      </div>
      {model.status === 'failed' ? (
        <ProblemBox problem={model.problem} missing="What the model is" again={() => state.model.again()} />
      ) : model.status === 'ready' ? null : (
        <Loading what="Reading the model" />
      )}
      {card.status === 'ready' ? <Warnings card={card.value} /> : null}
      {metrics.status === 'failed' ? (
        <ProblemBox problem={metrics.problem} missing="How well the model does" again={() => state.metrics.again()} />
      ) : metrics.status === 'ready' ? (
        <Validation metrics={metrics.value} />
      ) : (
        <Loading what="Reading the validation" />
      )}
      {card.status === 'ready' ? <DriftSection card={card.value} /> : null}
      {model.status === 'ready' ? <Bands model={model.value} /> : null}
      {card.status === 'failed' ? (
        <ProblemBox problem={card.problem} missing="The model card" again={() => state.card.again()} />
      ) : card.status === 'ready' ? (
        <CardSection card={card.value} />
      ) : (
        <Loading what="Reading the model card" />
      )}
    </div>
  );
}

function Identity({ model }: { readonly model: ModelDescription }): VNode {
  const { outcome, training, createdAt, codeVersion, sha256, forest, features } = model;
  return (
    <>
      <p>{capital(outcome.description)}</p>
      <p class="meta">
        {counted(forest.trees, 'tree')} on {counted(features.length, 'feature')}; trained on {counted(training.rows, 'discharge')}{' '}
        of {counted(training.patients, 'patient')}, {counted(training.events, 'event')} (
        {percent(training.events / training.rows)}){training.synthetic ? ', synthetic records' : ''}; {dateText(createdAt)}; code{' '}
        {codeVersion}; <code>{sha256}</code>
      </p>
      <ReportLink />
    </>
  );
}

function Warnings({ card }: { readonly card: Json }): VNode | null {
  const warnings = at(card, 'warnings');
  const texts = Array.isArray(warnings) ? warnings.flatMap((warning) => textOf(warning) ?? []) : [];
  if (texts.length === 0) return null;
  return (
    <div class="banner" role="note">
      <strong>Before it is used</strong>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function Validation({ metrics }: { readonly metrics: Json | null }): VNode {
  const main = mainEvidence(metrics);
  return (
    <>
      {main === null ? (
        <section>
          <h2>Validation</h2>
          <p class="absent">This model comes with no validation: how well it does is not known.</p>
        </section>
      ) : (
        <>
          <HeadlineSection main={main} />
          <PerformanceSection main={main} />
          <SubgroupSection tables={listOf(main.evidence['subgroups'])} />
        </>
      )}
      <ImportanceSection importance={at(metrics, 'importance')} />
      <PopulationSection incidence={listOf(at(metrics, 'cumulativeIncidence'))} />
    </>
  );
}

function Bands({ model }: { readonly model: ModelDescription }): VNode {
  const bands = [...model.bands].sort((a, b) => a.from - b.from);
  return (
    <section aria-labelledby="bands-title">
      <h2 id="bands-title">Bands</h2>
      <dl class="facts">
        {bands.map(({ name, from, meaning }, i) => (
          <div key={name}>
            <dt>
              {capital(name)}: {percentRange(from, bands[i + 1]?.from ?? 1)}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
