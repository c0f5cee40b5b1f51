/**
 * Keeps the sections of the open panel (settings that most flows leave as they are) closed until somebody opens them,
 * except where the editor marks a control in one as wrong: a fault must not hide.
 */
export function watchSections(): void {
  for (const section of document.querySelectorAll<HTMLDetailsElement>('.gridwire-section')) {
    const openIfWrong = (): void => {
      if (section.querySelector('.input-error') !== null) section.open = true;
    };
    new MutationObserver(openIfWrong).observe(section, { subtree: true, attributeFilter: ['class'] });
    openIfWrong();
  }
}
