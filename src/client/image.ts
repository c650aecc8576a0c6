/** Names of images, by the grammar of the distribution specification, and what can be said of one without a registry. */
const DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

export interface ImageName {
  /** Undefined: the default one of the node. */
  readonly registry: string | undefined;
  /** `latest` where none is written. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Undefined where no container runtime would take it. */
export function parseImage(text: string): ImageName | undefined {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const [, name = beforeDigest, tag] = /^(.*):([^/:]*)$/.exec(beforeDigest) ?? [];
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const parts = name.split('/');
  const [first = ''] = parts;
  const registry = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
  if (registry !== undefined && !DOMAIN.test(registry)) return undefined;
  const path = registry === undefined ? parts : parts.slice(1);
  if (!path.every((part) => PATH_PART.test(part))) return undefined;
  return { registry, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}
