/** The images that Docker builds for people are started as those are that the tests run. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONSOLE_IMAGE_CONFIG, OPERATOR_IMAGE_CONFIG } from '../../../tools/devcluster/image/operator-image.ts';

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

let stages: readonly (readonly Instruction[])[];
let ignore: readonly string[];

beforeAll(async () => {
  const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const instructions = instructionsOf(await read('Dockerfile'));
  stages = instructions.reduce<Instruction[][]>((all, each) => {
    if (each.name === 'FROM') all.push([each]);
    else all.at(-1)?.push(each);
    return all;
  }, []);
  ignore = (await read('.dockerignore')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
});

describe('the Dockerfile', () => {
  test('builds the operator where nobody says which', () => {
    expect(valueOf(stages.at(-1) ?? [], 'ENTRYPOINT')).toContain('/app/operator.mjs');
  });

  test.each([
    ['the operator', -1, OPERATOR_IMAGE_CONFIG, '/app/operator.mjs'],
    ['the console', -2, CONSOLE_IMAGE_CONFIG, '/app/console.mjs'],
  ])('starts %s by the same command, with the same environment, folder and user', (_name, index, config, program) => {
    const stage = stages.at(index) ?? [];
    expect(JSON.parse(valueOf(stage, 'ENTRYPOINT'))).toEqual(config.Entrypoint);
    expect(valueOf(stage, 'ENV').split(/\s+/)).toEqual(config.Env);
    expect(valueOf(stage, 'USER')).toBe(config.User);
    expect(valueOf(stage, 'WORKDIR')).toBe(config.WorkingDir);
    expect(stage.filter(({ name }) => name === 'CMD')).toEqual([]);
    const targets = stage.filter(({ name }) => name === 'COPY').map(({ rest }) => rest.split(' ').at(-1));
    expect(targets).toEqual(expect.arrayContaining(['/usr/local/bin/node', program]));
  });

  test('runs nothing in the images that are shipped, which take only finished files', () => {
    expect(stages.length).toBe(4);
    const shipped = stages.slice(-2).flat();
    expect(shipped.filter(({ name }) => ['RUN', 'ADD', 'SHELL'].includes(name))).toEqual([]);
  });

  test('begins from images that nobody can change: by digest', async () => {
    const text = await readFile(new URL('../../../Dockerfile', import.meta.url), 'utf8');
    const bases = [...text.matchAll(/^ARG (\w+_IMAGE)=(.*)$/gm)].map(([, name = '', image = '']) => ({ name, image }));
    expect(bases.map(({ name }) => name)).toEqual(['NODE_IMAGE', 'BASE_IMAGE']);
    for (const { image } of bases) expect(image).toMatch(/^[a-z0-9./-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}$/);
    const from = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    expect(from.filter((image) => !/^\$\{(NODE|BASE)_IMAGE\}$/.test(image))).toEqual(['build']);
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
    expect([...new Set(copied)].map((path) => `!${path}`).sort()).toEqual(ignore.slice(1).sort());
  });
});

function valueOf(stage: readonly Instruction[], name: string): string {
  const found = stage.filter((each) => each.name === name);
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
