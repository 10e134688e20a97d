/**
 * The model card: its source attributes in their order, what is stated first, what is not stated told by name.
 */
import type { VNode } from 'preact';
import { keyWords } from '../text/names.ts';
import { at, numberOf, objectOf, textOf, type Json } from './metrics-reading.ts';

interface Attribute {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly status: string;
  readonly citation: string | null;
  readonly evidence: string | null;
}

export function CardSection({ card }: { readonly card: Json }): VNode {
  const attributes = attributesOf(card);
  const stated = attributes.filter(({ status }) => status !== 'not-available');
  const open = attributes.filter(({ status }) => status === 'not-available');
  return (
    <section aria-labelledby="card-title">
      <h2 id="card-title">Model card</h2>
      {attributes.length === 0 ? (
        <p class="absent">The card of this model has no attributes that can be shown here.</p>
      ) : (
        <p>
          The source attributes of 45 CFR 170.315(b)(11), each with where it comes from. <em>Computed</em>: from the files of the
          model; <em>stated</em>: by who made or runs it.
        </p>
      )}
      <dl class="facts card">
        {stated.map(({ key, title, text, status, citation, evidence }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd>
              {text}
              <span class="sub">
                {status}
                {evidence === null ? '' : `: ${evidence}`}
                {citation === null ? '' : ` · ${citation}`}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {open.length === 0 ? null : (
        <details>
          <summary>Not stated ({open.length})</summary>
          <dl class="facts card">
            {open.map(({ key, title, text }) => (
              <div key={key}>
                <dt>{title}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

function attributesOf(card: Json): Attribute[] {
  const found = objectOf(at(card, 'sourceAttributes')) ?? {};
  return Object.entries(found)
    .flatMap(([key, value]) => {
      const text = textOf(at(value, 'text'));
      if (text === null) return [];
      return [
        {
          key,
          order: numberOf(at(value, 'number')) ?? Number.MAX_SAFE_INTEGER,
          title: textOf(at(value, 'title')) ?? keyWords(key),
          text,
          status: textOf(at(value, 'status')) ?? '',
          citation: textOf(at(value, 'citation')),
          evidence: textOf(at(value, 'evidence')),
        },
      ];
    })
    .sort((a, b) => a.order - b.order);
}
