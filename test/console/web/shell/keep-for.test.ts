/** Nothing that one user read is left for the next one on the same page. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QueryClient } from '@tanstack/react-query';
import { keepFor } from '../../../../src/console/web/shell/keep-for.ts';

const kept = (queries: QueryClient): readonly unknown[] =>
  queries
    .getQueryCache()
    .getAll()
    .map(({ queryKey: [kind] }) => kind);
const user = (name: string) => ({ mode: 'cluster', user: { name, groups: [] } }) as const;

beforeEach(() => {
  vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined });
});
afterEach(() => void vi.unstubAllGlobals());

test('the cache is emptied for another user, and only for another one', () => {
  const queries = new QueryClient();
  keepFor(user('alice'), queries);
  for (const kind of ['session', 'live', 'sources', 'native-keys']) queries.setQueryData([kind, 'cluster'], 'of alice');
  keepFor(user('alice'), queries);
  expect(kept(queries)).toEqual(['session', 'live', 'sources', 'native-keys']);
  keepFor(user('bob'), queries);
  expect(kept(queries)).toEqual(['session', 'live']);
  queries.clear();
});

test('the users of several contexts of one person are the same one', () => {
  const queries = new QueryClient();
  keepFor({ mode: 'local', user: { name: 'alice', groups: [] } }, queries);
  queries.setQueryData(['sources', 'staging'], 'read');
  keepFor({ mode: 'local', user: { name: 'admin', groups: [] } }, queries);
  expect(kept(queries)).toEqual(['sources']);
  queries.clear();
});

test('what was typed to be saved is kept for nobody else', () => {
  const queries = new QueryClient();
  keepFor(user('alice'), queries);
  const saves = queries.getMutationCache();
  saves.build(queries, { mutationFn: () => Promise.resolve() });
  keepFor(user('bob'), queries);
  expect(saves.getAll()).toEqual([]);
});
