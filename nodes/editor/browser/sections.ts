import { element } from './elements.js';

/**
 * Keeps the sections of the open panel (settings that most flows leave as they are) closed until somebody opens them,
 * except where the editor marks a control in one as wrong: a fault must not hide. The line of a closed section names
 * the values in it.
 */
export function watchSections(): void {
  for (const section of document.querySelectorAll<HTMLDetailsElement>('.gridwire-section')) {
    const openIfWrong = (): void => {
      if (section.querySelector('.input-error') !== null) section.open = true;
    };
    new MutationObserver(openIfWrong).observe(section, { subtree: true, attributeFilter: ['class'] });
    openIfWrong();
    // Node-RED puts texts and values into the panel after the panel's own code has run.
    setTimeout(() => showValues(section), 0);
  }
}

function showValues(section: HTMLDetailsElement): void {
  const summary = section.querySelector('summary');
  if (summary === null || summary.querySelector('.gridwire-section-values') !== null) return;
  const values = element('span', { className: 'gridwire-section-values' });
  summary.append(values);
  const show = (): void => {
    values.textContent = section.open ? '' : valuesIn(section).join(' · ');
  };
  section.addEventListener('change', show);
  section.addEventListener('toggle', show);
  show();
}

/** Each control with its label, as a person would say it: text and choices that are not empty, boxes that are ticked. */
function valuesIn(section: HTMLElement): string[] {
  const controls = section.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
    'input[id^="node-input-"], select[id^="node-input-"]',
  );
  return [...controls].flatMap((each) => {
    const label = section.querySelector(`label[for="${each.id}"]`)?.textContent.trim() ?? '';
    const row = each.closest<HTMLElement>('.form-row');
    if (label === '' || row === null || row.hidden || row.style.display === 'none') return [];
    if (each instanceof HTMLInputElement && each.type === 'checkbox') return each.checked ? [label] : [];
    const value =
      each instanceof HTMLSelectElement ? (each.selectedOptions[0]?.textContent.trim() ?? '') : each.value;
    return value === '' || each.value === '_ADD_' || each.value === '' ? [] : [`${label} ${value}`];
  });
}
