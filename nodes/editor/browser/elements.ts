/** Makes an element of a dialog; text is text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A form row: a label and its control. */
export function formRow(label: string, control: HTMLElement): HTMLElement {
  const text = element('label', { textContent: label });
  text.htmlFor = control.id;
  return element('div', { className: 'form-row' }, text, control);
}
