/** The image that Docker builds for people is started as the one is that the tests run. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { OPERATOR_IMAGE_CONFIG } from '../../../src/devcluster/image/operator-image.ts';

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

let stages: readonly (readonly Instruction[])[];
let last: readonly Instruction[];
let ignore: readonly string[];

beforeAll(async () => {
  const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const instructions = instructionsOf(await read('Dockerfile'));
  stages = instructions.reduce<Instruction[][]>((all, each) => {
    if (each.name === 'FROM') all.push([each]);
    else all.at(-1)?.push(each);
    return all;
  }, []);
  last = stages.at(-1) ?? [];
  ignore = (await read('.dockerignore')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
});

describe('the Dockerfile', () => {
  test('starts the same command with the same environment, folder and user', () => {
    expect(JSON.parse(valueOf('ENTRYPOINT'))).toEqual(OPERATOR_IMAGE_CONFIG.Entrypoint);
    expect(valueOf('ENV').split(/\s+/)).toEqual(OPERATOR_IMAGE_CONFIG.Env);
    expect(valueOf('USER')).toBe(OPERATOR_IMAGE_CONFIG.User);
    expect(valueOf('WORKDIR')).toBe(OPERATOR_IMAGE_CONFIG.WorkingDir);
    expect(last.filter(({ name }) => name === 'CMD')).toEqual([]);
  });

  test('puts what it starts where it is started', () => {
    const targets = last.filter(({ name }) => name === 'COPY').map(({ rest }) => rest.split(' ').at(-1));
    expect(targets).toEqual(expect.arrayContaining(['/usr/local/bin/node', '/app/operator.mjs']));
  });

  test('runs nothing in the image that is shipped, which takes only finished files', () => {
    expect(stages.length).toBe(2);
    expect(last.filter(({ name }) => ['RUN', 'ADD', 'SHELL'].includes(name))).toEqual([]);
  });

  test('installs from the lock file, and runs no script of a package', () => {
    const installs = stages.flat().filter(({ name, rest }) => name === 'RUN' && rest.includes('npm'));
    expect(installs.map(({ rest }) => rest)).toEqual([expect.stringMatching(/^npm ci --ignore-scripts /)]);
  });

  test('sees only what it copies', () => {
    expect(ignore[0]).toBe('*');
    const copied = stages
      .flat()
      .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(' ').slice(0, -1));
    expect(copied.map((path) => `!${path}`).sort()).toEqual(ignore.slice(1).sort());
  });
});

function valueOf(name: string): string {
  const found = last.filter((each) => each.name === name);
  expect(found.length).toBe(1);
  return found[0]?.rest ?? '';
}

function instructionsOf(text: string): readonly Instruction[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      return { name, rest };
    });
}
