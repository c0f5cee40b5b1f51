/** Filters that are tried for one topic: enough for one of ten levels. */
const MOST = 2_048;

/**
 * All filters without a share name that select a topic: each level as it is or `+`, and `#` for the levels from any
 * place on. A session keeps the subscriptions of an earlier process, and a broker does not say which they are; but only
 * one of these can have brought the message.
 * @returns none for a topic of too many levels
 */
export function filtersFor(topic: string): string[] {
  const levels = topic.split('/');
  if (2 ** (levels.length + 1) > MOST) return [];
  const found: string[] = [];
  let heads = [''];
  for (const [index, level] of levels.entries()) {
    for (const head of heads) found.push(`${head}#`);
    const isLast = index === levels.length - 1;
    heads = heads.flatMap((head) => [`${head}${level}`, `${head}+`]);
    // `a/#` selects `a` too.
    if (isLast) for (const head of heads) found.push(head, `${head}/#`);
    else heads = heads.map((head) => `${head}/`);
  }
  // MQTT 4.7.2: a filter that begins with a wildcard selects no topic that begins with `$`.
  return topic.startsWith('$') ? found.filter((filter) => !/^[+#]/.test(filter)) : found;
}
