/**
 * What passes between browser and API server besides the body. Everything else stops here: cookies, `Authorization`, `Impersonate-*`,
 * forwarding headers, `Connection` and whatever it names.
 */
import { ConsoleError } from '../errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const contentTypes = [
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
];
/** `date`: the time of the cluster, whatever that of this machine is. */
const answered = [
  ...['content-type', 'content-encoding', 'content-length', 'retry-after', 'warning', 'audit-id', 'date'],
] as const;

/** `accept` is one of Kubernetes' JSON forms; protobuf, tables and YAML are not for these pages. */
const acceptable = /^application\/json(;as=[A-Za-z]+;g=meta\.k8s\.io;v=v1)?$/;

export function requestHeaders(headers: Headers, hasBody: boolean): Record<string, string> {
  const accept = one(headers['accept']) ?? '';
  const contentType = one(headers['content-type'])?.split(';', 1)[0]?.trim().toLowerCase();
  if (hasBody && (contentType === undefined || !contentTypes.includes(contentType))) {
    throw new ConsoleError(
      'UnsupportedMediaType',
      `A request with a body has to be one of ${contentTypes.join(', ')}.`,
    );
  }
  return {
    accept: acceptable.test(accept) ? accept : 'application/json',
    ...(/\bgzip\b/.test(one(headers['accept-encoding']) ?? '') ? { 'accept-encoding': 'gzip' } : {}),
    ...(hasBody && contentType !== undefined ? { 'content-type': contentType } : {}),
  };
}

export function answerHeaders(headers: Headers): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of answered) {
    const value = headers[name];
    if (value !== undefined) passed[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return passed;
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
