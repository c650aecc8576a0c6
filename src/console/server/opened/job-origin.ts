/**
 * The address under which the page of one job is served: an origin of its own, so that what the job sends can act on nothing but itself. Pure.
 *
 * Promise: two jobs never share an origin, nor does a job that is made again under the same name; no job has the origin of the console.
 */
import { hash } from 'node:crypto';

/** A job, as its page's cookie and ticket name it. */
export interface JobPlace {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The addresses of the pages of jobs: `SCHEME://LABEL.DOMAIN[:PORT]`. */
export interface JobDomain {
  readonly scheme: 'http' | 'https';
  readonly domain: string;
  /** Empty: the usual one of the scheme. */
  readonly port: string;
}

/** Characters of the name in a label of at most 63; the rest is the hash. */
const nameLength = 40;
/** 80 bits: nobody finds a job that has the label of another one. */
const hashLength = 20;

/** Jobs are served by the console's own listener, so scheme and port are those of its address. */
export function jobDomain(consoleUrl: string, domain: string): JobDomain {
  const { protocol, port } = new URL(consoleUrl);
  return { scheme: protocol === 'https:' ? 'https' : 'http', domain: domain.toLowerCase(), port };
}

/** The name, for people who read the address; and a hash of what the job is. */
export function labelOf({ context, namespace, name, uid }: JobPlace): string {
  const digits = hash('sha256', JSON.stringify([context, namespace, name, uid]), 'hex');
  const words = name
    .slice(0, nameLength)
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/-+$/, '');
  return `${words}-${digits.slice(0, hashLength)}`;
}

export function originOf(label: string, { scheme, domain, port }: JobDomain): string {
  return `${scheme}://${label}.${domain}${port === '' ? '' : `:${port}`}`;
}

/** All of them, as a source of a Content-Security-Policy. */
export function everyOrigin(jobs: JobDomain): string {
  return originOf('*', jobs);
}

/** The label in a `Host` header; undefined where it is not the address of a job. */
export function labelIn(host: string | undefined, { domain, port }: JobDomain): string | undefined {
  const [name = '', given = '', ...more] = (host ?? '').toLowerCase().split(':');
  const label = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : '';
  return given === port && more.length === 0 && /^[a-z0-9-]{1,63}$/.test(label) ? label : undefined;
}
