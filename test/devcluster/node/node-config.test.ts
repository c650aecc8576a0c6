import { describe, expect, it } from 'vitest';
import { cgroupMounts } from '../../../tools/devcluster/node/node-cgroups.ts';
import { resolvConf } from '../../../tools/devcluster/node/node-config.ts';

describe('what a node takes over from its host', () => {
  it.each([
    [
      'keeps name servers that can be reached from anywhere',
      'nameserver 10.1.1.1\n',
      undefined,
      'nameserver 10.1.1.1\n',
    ],
    [
      'takes the upstream ones of a local resolver',
      'nameserver 127.0.0.53\n',
      'nameserver 9.9.9.9\n',
      'nameserver 9.9.9.9\n',
    ],
    ['drops a local one where nothing better is known', 'nameserver 127.0.0.1\nsearch x\n', undefined, 'search x\n'],
  ])('%s', (_name, host, upstream, expected) => {
    expect(resolvConf(host, upstream)).toBe(expected);
  });

  it.each([
    [
      'version 1 with a unified hierarchy beside it',
      'cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n',
      [
        { path: '/sys/fs/cgroup/cpu', version: 1, isOnly: false },
        { path: '/sys/fs/cgroup/unified', version: 2, isOnly: false },
      ],
    ],
    ['version 2', 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n', [{ path: '/sys/fs/cgroup', version: 2, isOnly: true }]],
    ['none', 'proc /proc proc rw 0 0\n', []],
  ])('reads cgroups of %s', (_name, mounts, expected) => {
    expect(cgroupMounts(mounts)).toEqual(expected);
  });
});
