/**
 * What somebody gets whose request is no HTTP that this server reads.
 *
 * The one that people meet: pages of jobs can set cookies for the domain of all of them, and of the console where it is a sibling, until the head of every
 * request is too large to be read. So where there are such pages, that response explains it and, over https, has the browser remove them, which ends the
 * lock-out. The session goes with them: a person logs in again. Elsewhere no cookie is removed: any web site can send a browser here with an address that
 * is as long.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../kernel/index.ts';
import { destroyAfter } from './destroy-after.ts';
import { lingerMs } from './end-connection.ts';
import { escaped } from './opened/notice-page.ts';

interface UnreadableOptions {
  /** Has the browser remove the cookies, where those make the head too large. */
  readonly clears: boolean;
  readonly clock: Clock;
}

export function answerUnreadable(
  { code }: { readonly code?: string },
  connection: Duplex,
  { clears, clock }: UnreadableOptions,
): void {
  // Each further piece of the same head comes here too, while the response is on its way.
  if (connection.writableEnded && !connection.destroyed) return;
  if (code === 'ECONNRESET' || connection.destroyed || !connection.writable) {
    connection.destroy();
    return;
  }
  connection.on('error', () => connection.destroy());
  connection.end(code === 'HPE_HEADER_OVERFLOW' ? tooLarge(clears) : plain(code));
  // What is still on its way is thrown away, else the system would tell the browser of a broken connection and not of this.
  connection.resume();
  destroyAfter(connection, lingerMs, clock);
}

function tooLarge(clears: boolean): string {
  const title = clears ? 'Too many cookies' : 'The request is too long';
  const sentence = clears
    ? 'Your browser sent more cookies than can be read here. A page of a job may have set them. They were removed: close the pages of jobs that you do not know, then reload this page and log in again.'
    : 'Your browser sent an address or cookies that are too long to be read here. Remove the cookies of this site in the settings of your browser, then reload this page.';
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Neuro</title><main><h1>${title}</h1><p>${escaped(sentence)}</p></main></html>`;
  return response('431 Request Header Fields Too Large', 'text/html; charset=utf-8', body, [
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ...(clears ? ['Clear-Site-Data: "cookies"'] : []),
  ]);
}

function plain(code: string | undefined): string {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? response('408 Request Timeout', 'text/plain; charset=utf-8', 'The request took too long.')
    : response('400 Bad Request', 'text/plain; charset=utf-8', 'The request cannot be read.');
}

function response(status: string, type: string, body: string, headers: readonly string[] = []): string {
  const head = [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${type}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
