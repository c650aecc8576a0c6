/** The page that says where each cause is refused knows every reason that a status gives, and no other. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test.each(['UserSecret', 'SecretGrant', 'NeuroJob', 'NeuroSchedule'])(
  'docs/decisions/0013-earliest-refusal.md has each reason of %s once',
  async (kind) => {
    const [code, page] = await Promise.all(
      ['src/api/reasons.ts', 'docs/decisions/0013-earliest-refusal.md'].map((path) =>
        readFile(new URL(path, root), 'utf8'),
      ),
    );
    const [, union = ''] = new RegExp(`export type ${kind}Reason =([^]*?)';\n`).exec(code ?? '') ?? [];
    const reasons = [...union.matchAll(/^\s*\| '(\w+)/gm)].map(([, reason]) => reason);
    const [, table = ''] = new RegExp(`\n### ${kind}\n([^#]*)`).exec(page ?? '') ?? [];
    const named = [...table.matchAll(/^\| ((?:`\w+` ?)+)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, reason]) => reason),
    );
    expect(reasons.length).toBeGreaterThan(5);
    expect(named.sort()).toEqual(reasons.sort());
  },
);
