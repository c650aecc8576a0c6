/** Pages of the console by what people call them: `neuro open` names one, and the console's first page goes there. Pure. */
import { parseSecretUri } from '../api/index.ts';

const lists: ReadonlySet<string> = new Set(['dashboard', 'secrets', 'jobs', 'schedules']);
/** In-app paths alone: nothing that a browser could take for another origin. */
const PAGE = /^\/n\/[a-z0-9-]{1,63}\/(?:dashboard|secrets|jobs|schedules)(?:\/[a-z0-9.-]+)?(?:\?[A-Za-z0-9%&=._-]*)?$/;

export type PageTarget =
  | { readonly kind: 'list'; readonly path: string }
  | { readonly kind: 'secret'; readonly path: string }
  | { readonly kind: 'job'; readonly path: string; readonly name: string };

/** `what`: dashboard, secrets, jobs, schedules, a `secret:` URI, a job, or `job:NAME` for a job with one of those names. Throws `InvalidSecretUri`. */
export function pageOf(what: string, namespace: string): PageTarget {
  const root = `/n/${namespace}`;
  if (what === '') return { kind: 'list', path: `${root}/dashboard` };
  if (lists.has(what)) return { kind: 'list', path: `${root}/${what}` };
  if (/^secret:/i.test(what)) {
    const { owner = namespace, key = '' } = parseSecretUri(what);
    const query = new URLSearchParams({
      ...(key === '' ? {} : owner === namespace ? { secret: searchText(key) } : { q: searchText(key) }),
      ...(owner === namespace ? {} : { show: 'shared' }),
    }).toString();
    return { kind: 'secret', path: `${root}/secrets${query === '' ? '' : `?${query}`}` };
  }
  const name = what.replace(/^job:/, '');
  return { kind: 'job', path: `${root}/jobs/${encodeURIComponent(name)}`, name };
}

/** The console reads what looks like JSON as JSON, so a key such as `123` or `true` goes in quotes. */
function searchText(text: string): string {
  try {
    JSON.parse(text);
    return JSON.stringify(text);
  } catch {
    return text;
  }
}

/** The page that the fragment of the console's first address names; undefined where it names none. */
export function pageInFragment(fragment: string): string | undefined {
  const path = fragment.replace(/^#/, '');
  return PAGE.test(path) ? path : undefined;
}
