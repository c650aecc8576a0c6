/**
 * `--volume` of a job: `secret:key:/path` puts a secret into a file, `pvc:claim:/path[:ro]` (or `disk:`) mounts a claim.
 */
import { CliError } from '../errors.ts';
import { parseSecretPart, type SecretPartUri } from './secret-part.ts';

export type VolumeEntry =
  | { readonly kind: 'secret'; readonly path: string; readonly secret: SecretPartUri }
  | { readonly kind: 'claim'; readonly path: string; readonly claim: string; readonly readOnly: boolean };

const SHAPE = /^([a-z]+:.*?):([^:]*)(?::(ro|rw))?$/;

export function parseVolume(text: string): VolumeEntry {
  const scheme = /^([A-Za-z]+):/.exec(text)?.[1];
  switch (scheme) {
    case 'secret':
      return secretFile(text);
    case 'pvc':
    case 'disk':
      return claim(text);
    case 'storage':
      throw refused(text, 'there is no storage: here; mount a PersistentVolumeClaim with pvc:NAME:/path');
    default:
      throw refused(text, 'expected secret:KEY:/path or pvc:NAME:/path[:ro]');
  }
}

function secretFile(text: string): VolumeEntry {
  const [, uri, path, mode] = SHAPE.exec(text) ?? [];
  if (uri === undefined || path === undefined || uri === 'secret:')
    throw invalidSecretFile(text, 'expected secret:KEY:/path/of/the/file');
  if (mode === 'rw') throw invalidSecretFile(text, 'a secret in a file is read-only; leave out :rw');
  checkPath(text, path);
  const secret = parseSecretPart(uri);
  if (secret.key === undefined) throw invalidSecretFile(text, 'it names all secrets; name one');
  return { kind: 'secret', path, secret };
}

function claim(text: string): VolumeEntry {
  const [, name, path, mode] = /^(?:pvc|disk):([^:]+):([^:]*)(?::(ro|rw))?$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw refused(text, 'expected pvc:NAME:/path[:ro|:rw]');
  checkPath(text, path);
  return { kind: 'claim', path, claim: name, readOnly: mode === 'ro' };
}

function checkPath(text: string, path: string): void {
  if (path.startsWith('/')) return;
  throw refused(text, path === '' ? 'the path is missing' : `the path '${path}' must be absolute`);
}

function invalidSecretFile(text: string, why: string): CliError {
  return new CliError('value', `Invalid secret file specification '${text}': ${why}.`);
}

function refused(text: string, why: string): CliError {
  return new CliError('value', `Invalid volume specification '${text}': ${why}.`);
}
