/** The names of a list as people write it: separated by commas, spaces around them and empty ones left out. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
