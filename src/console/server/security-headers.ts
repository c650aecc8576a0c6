/** Headers of every answer. Pages run no inline code, are in no frame, leave no trace in caches and referrers. */

/**
 * Scripts come from this server's own files alone. Styles may be inline: the terminal and the component library make style elements, which can
 * change looks and load nothing (every other source is closed).
 */
const closed = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

const oneYearSeconds = 31_536_000;

interface HeaderOptions {
  readonly isHttps: boolean;
  /** Origins to which a page may send a form, besides its own: those of jobs. */
  readonly formTargets: readonly string[];
}

export function securityHeaders({ isHttps, formTargets }: HeaderOptions): Readonly<Record<string, string>> {
  return {
    'content-security-policy': [...closed, ["form-action 'self'", ...formTargets].join(' ')].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cache-control': 'no-store',
    ...(isHttps ? { 'strict-transport-security': `max-age=${String(oneYearSeconds)}` } : {}),
  };
}
