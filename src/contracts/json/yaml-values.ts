import type * as Yaml from 'yaml';
import { BOUNDS } from '../../bounds.js';
import { GridwireError } from '../../errors.js';
import type { Json } from '../../event.js';
import { isExactNumber } from './exact-number.js';

/**
 * The values of a YAML document. The package's own conversion compares every key with every other and lets a hundred
 * aliases become gigabytes; this one walks the document once and counts.
 */
export class YamlValues {
  private readonly anchors = new Map<string, Yaml.Node>();
  private values = 0;
  private aliased = 0;

  /** @param asText numbers and truth values without quotes stay text */
  constructor(
    private readonly yaml: typeof Yaml,
    private readonly asText: boolean,
  ) {}

  /** @throws GridwireError `CONTRACT_INVALID` or `BODY_TOO_LARGE` */
  read(document: Yaml.Document.Parsed | undefined): Json {
    const [fault] = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
    if (fault !== undefined) throw invalid(`the text is not YAML: ${firstLine(fault.message)}`);
    return this.valueOf(document?.contents, 0, false);
  }

  private valueOf(node: unknown, depth: number, isAliased: boolean): Json {
    this.count(isAliased);
    if (depth > BOUNDS.documentDepth) throw invalid(`it nests deeper than ${BOUNDS.documentDepth} levels`);
    if (this.yaml.isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target === undefined) throw invalid(`"*${node.source}" names nothing that stands before it`);
      return this.valueOf(target, depth + 1, true);
    }
    const value = this.ownValue(node, depth, isAliased);
    // After its value: an anchor inside itself would never end.
    const anchor = this.yaml.isCollection(node) || this.yaml.isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, node as Yaml.Node);
    return value;
  }

  private ownValue(node: unknown, depth: number, isAliased: boolean): Json {
    if (this.yaml.isSeq(node)) return node.items.map((item) => this.valueOf(item, depth + 1, isAliased));
    if (this.yaml.isMap(node)) return this.objectOf(node, depth, isAliased);
    if (this.yaml.isScalar(node)) return this.scalar(node);
    if (node === null || node === undefined) return null;
    throw invalid('it has a list of pairs (!!omap, !!pairs), which JSON cannot carry');
  }

  private objectOf(map: Yaml.YAMLMap, depth: number, isAliased: boolean): Json {
    const members: Record<string, Json> = {};
    const merged: Record<string, Json> = {};
    for (const { key, value } of map.items) {
      if (this.isMerge(key)) {
        this.mergeInto(merged, this.valueOf(value, depth + 1, isAliased));
        continue;
      }
      const name = this.yaml.isScalar(key) ? keyText(key) : undefined;
      if (name === undefined) throw invalid('a key is no text');
      if (name === '__proto__')
        throw new GridwireError('BODY_UNSAFE_KEY', 'The file has the key "__proto__".');
      if (Object.hasOwn(members, name))
        throw invalid(`it has the key "${name.slice(0, 80)}" twice in one object`);
      members[name] = this.valueOf(value, depth + 1, isAliased);
    }
    return { ...merged, ...members };
  }

  /** `<<: *defaults`, which YAML 1.1 has and most programs read: what the object says itself counts more. */
  private isMerge(key: unknown): boolean {
    return this.yaml.isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
  }

  private mergeInto(merged: Record<string, Json>, value: Json): void {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each === null || typeof each !== 'object' || Array.isArray(each))
        throw invalid('"<<" wants an object, or a list of objects');
      for (const [name, member] of Object.entries(each)) {
        if (!Object.hasOwn(merged, name)) merged[name] = member;
      }
    }
  }

  private scalar({ value, type, source, tag }: Yaml.Scalar): Json {
    if (typeof value === 'string' || value === null) return value;
    if (this.asText && type === 'PLAIN' && source !== undefined && tag === undefined) return source;
    if (typeof value === 'number' && source !== undefined) assertExact(source);
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw invalid(`it has ${(source ?? typeof value).slice(0, 80)}, which JSON cannot carry`);
  }

  private count(isAliased: boolean): void {
    this.values += 1;
    if (isAliased) this.aliased += 1;
    if (this.values <= BOUNDS.documentValues && this.aliased <= BOUNDS.yamlAliased) return;
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The text becomes too large: at most ${BOUNDS.documentValues} values, of which aliases may repeat ${BOUNDS.yamlAliased}.`,
    );
  }
}

/** As for JSON; other forms of YAML's (0x1F, +5, .5) say no more than a double holds. */
function assertExact(written: string): void {
  const number = written.replace(/^\+/, '');
  const isExact = /^0[xo]/.test(number) ? Number.isSafeInteger(Number(number)) : isExactNumber(number);
  if (isExact || !/\d/.test(number)) return;
  throw new GridwireError(
    'NUMBER_INEXACT',
    `The YAML has the number ${written.slice(0, 60)}, which would become ${Number(number)}. Write it with fewer digits, or in quotes as a text.`,
  );
}

function keyText({ value, source }: Yaml.Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The YAML cannot be read: ${reason}.`);
}
