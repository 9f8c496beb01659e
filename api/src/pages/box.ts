import { type Html, html } from '@envoi/core/html'

/** A box, with its hint tied to it; one that is ticked leaves its mark beside it, for the form to say what it showed. */
export function box(key: string, isOn: boolean, label: string, hint: string | null, name = 'wanted'): Html {
  const id = key.replaceAll(' ', '-')
  return html`<div class="choice">
<input type="checkbox" id="${id}" name="${name}" value="${key}"${isOn && html` checked`}${hint !== null && html` aria-describedby="${id}-hint"`}>
${isOn && html`<input type="hidden" name="shown" value="${key}">`}
<div><label for="${id}">${label}</label>${hint !== null && html`<span class="quiet" id="${id}-hint">${hint}</span>`}</div>
</div>`
}
