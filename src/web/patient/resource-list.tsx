/**
 * The records a reason rests on, newest first.
 */
import type { VNode } from 'preact';
import type { PatientView } from '../api/answers.ts';
import { codeText } from '../text/names.ts';
import { dateText } from '../text/number-text.ts';
import type { Attributed } from './waterfall.ts';

export function ResourceList({ reason, view }: { readonly reason: Attributed; readonly view: PatientView }): VNode {
  const known = new Map(view.resources.map((resource) => [resource.resource, resource]));
  if (reason.resources.length === 0) {
    const { notCovered } = view.explanation.answer;
    return (
      <p class="note">
        {notCovered.includes(reason.feature)
          ? 'No record: the time or type it looks at was not searched, so the value is missing, not zero.'
          : 'No record stands behind this: it is what is not recorded that counts.'}
      </p>
    );
  }
  return (
    <table>
      <caption class="unseen">Records behind: {reason.words}</caption>
      <thead>
        <tr>
          <th scope="col" class="text">
            Date
          </th>
          <th scope="col" class="text">
            Record
          </th>
          <th scope="col" class="text">
            Code
          </th>
          <th scope="col" class="text">
            Resource
          </th>
        </tr>
      </thead>
      <tbody>
        {reason.resources.map((name) => {
          const resource = known.get(name);
          return (
            <tr key={name}>
              <td class="text">{dateText(resource?.date ?? null)}</td>
              <td class="text">
                <bdi>{resource?.label ?? 'not among the records shown'}</bdi>
                {resource?.detail == null ? null : (
                  <span class="sub">
                    <bdi>{resource.detail}</bdi>
                  </span>
                )}
              </td>
              <td class="text">
                <bdi>{codeText(resource?.code ?? null)}</bdi>
              </td>
              <td class="text">
                <code>{name}</code>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
