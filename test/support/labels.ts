/** The keys of a panel's labels: of its controls, and of its tables. */
export function labelKeys(html: string): string[] {
  const labels = [...html.matchAll(/<label\b[^>]*>(.*?)<\/label>/gs)].map(([, inside]) => inside!);
  const tables = [...html.matchAll(/gridwire-list-row[^>]*>\s*(<span [^>]*>)/g)].map(([, span]) => span!);
  const keys = [...labels, ...tables].flatMap((text) =>
    [...text.matchAll(/data-i18n="([a-z][^"]*)"/g)].map(([, key]) => key!),
  );
  return [...new Set(keys)];
}

/** Without the unit behind it. */
const nameOf = (label: string): string => label.replace(/\s*[(（][^)）]*[)）]$/, '');
const textOf = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

/** The labels that a help text does not name, whether small or capital. */
export function unexplained(labels: readonly string[], help: string): string[] {
  const text = textOf(help).toLowerCase();
  return labels.filter((label) => !text.includes(nameOf(label).toLowerCase()));
}
