/** What a line says that has the form `name: value`; undefined for one that has not. */
export function userProperty(line: string): [name: string, value: string] | undefined {
  const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(line) ?? [];
  return name.trim() === '' ? undefined : [name.trim(), value.trim()];
}
