import { describe, expect, it } from 'vitest';
import { librariesOf } from '../../../tools/devcluster/image/linked-libraries.ts';

describe('the libraries of a program', () => {
  it.each([
    [
      'are the paths that ldd names, the loader too, each once',
      '\tlinux-vdso.so.1 (0x00007ffe)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x00007f)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n',
      ['/lib/x/libm.so.6', '/lib/x/libc.so.6', '/lib64/ld-linux-x86-64.so.2'],
    ],
    ['are none for a static program', '\tnot a dynamic executable\n', []],
    ['leave out one that is not found', '\tlibz.so.1 => not found\n', []],
  ])('%s', (_name, output, expected) => {
    expect(librariesOf(output)).toEqual(expected);
  });
});
