import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KernelError, isKernelError, kernelErrorCodes } from '../../src/kernel/index.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('the catalogue of errors', () => {
  const section =
    read('docs/errors.md')
      .split(/^## /m)
      .find((part) => part.startsWith('Kernel\n')) ?? '';
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);

  test('names every code of the kernel, and no other, in order', () => {
    expect(documented).toEqual([...kernelErrorCodes]);
    expect(documented).toEqual([...kernelErrorCodes].sort());
  });

  test('has no code that the kernel never gives', () => {
    const folder = 'src/kernel/';
    const sources = readdirSync(new URL(folder, root)).filter((name) => name !== 'errors.ts');
    const text = sources.map((name) => read(folder + name)).join('\n');
    for (const code of kernelErrorCodes) expect(text).toContain(`'${code}'`);
  });
});

describe('errors', () => {
  test('keep their cause, and are recognized by their code', () => {
    const cause = new Error('below');
    const error: unknown = new KernelError('Network', 'no answer', { cause });
    expect(isKernelError(error)).toBe(true);
    expect(isKernelError(error, 'Server', 'Network')).toBe(true);
    expect(isKernelError(error, 'Server')).toBe(false);
    expect(isKernelError(cause)).toBe(false);
    expect((error as Error).cause).toBe(cause);
  });
});
