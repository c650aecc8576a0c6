/** The few pages that this server shows by itself on the origin of a job. They hold no script, no style and nothing of the request. */
import type { ServerResponse } from 'node:http';

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

export function sendNotice(
  response: ServerResponse,
  status: number,
  { sentence, consoleUrl }: { readonly sentence: string; readonly consoleUrl: string },
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const page =
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Neuro</title><main><h1>This job is not open</h1>` +
    `<p>${escaped(sentence)}</p><p><a href="${escaped(consoleUrl)}/" rel="noreferrer">Go to the console</a></p></main></html>`;
  response.writeHead(status, { ...headers, connection: 'close' }).end(page);
}

/**
 * Sends the browser on to the job's first page. Not a redirect: it would still be a request that another site began, to which no strict cookie
 * comes along.
 */
export function sendOn(response: ServerResponse, setCookies: readonly string[]): void {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Neuro</title><meta http-equiv="refresh" content="0;url=/">' +
    '<p><a href="/">Open the job</a></p></html>';
  response.writeHead(200, { ...headers, 'set-cookie': [...setCookies] }).end(page);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
