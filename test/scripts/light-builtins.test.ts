import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { build, type Plugin } from 'esbuild';
import { lightBuiltins, withLightBuiltins } from '../../scripts/build/light-builtins.ts';

const banner = 'BANNER;';
const light = (part: string): string => withLightBuiltins(`${banner}\n${part}`, banner);

describe("the command's parts", () => {
  it.each([
    [
      'names',
      'import{existsSync as s,b}from"node:fs";s();',
      'const{existsSync:s,b}=(process.getBuiltinModule?.("node:fs")??{});s();',
    ],
    ['a default', 'import f from"node:fs";f();', 'const f=(process.getBuiltinModule?.("node:fs")??{});f();'],
    ['a namespace', 'import*as f from"node:fs";f();', 'const f=(process.getBuiltinModule?.("node:fs")??{});f();'],
    [
      'a default with names',
      'import f,{b as c}from"node:fs";f();',
      'const f=(process.getBuiltinModule?.("node:fs")??{});const{b:c}=(process.getBuiltinModule?.("node:fs")??{});f();',
    ],
    ['an effect', 'import"node:fs";f();', 'f();'],
  ])('take %s of a module of Node from the process', (_, part, expected) => {
    expect(light(part)).toBe(expected);
  });

  it('keep importing each other, wherever the import is', () => {
    const part = 'import{a}from"./chunk-A.mjs";import{b}from"node:os";import"./chunk-B.mjs";a(b);';
    expect(light(part)).toBe(
      'import{a}from"./chunk-A.mjs";const{b}=(process.getBuiltinModule?.("node:os")??{});import"./chunk-B.mjs";a(b);',
    );
  });

  it('have a require only where they use one, which refuses what is not of Node', () => {
    expect(light('a();')).toBe('a();');
    const part = light(
      'return [require("node:path").sep, (() => { try { require("bufferutil") } catch (e) { return e.code } })()]',
    );
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the text that is built
    expect(new Function(part)()).toEqual(['/', 'MODULE_NOT_FOUND']);
  });

  it('keep their first line for the shell', () => {
    expect(withLightBuiltins(`#!/bin/sh\n${banner}\na();`, banner)).toBe('#!/bin/sh\na();');
  });

  it('are not built where an import has another form', () => {
    expect(() => light("import {a} from 'node:fs';a();")).toThrow('not known');
    expect(() => withLightBuiltins('a();', banner)).toThrow('banner');
  });
});

describe('a bundle that takes modules of Node from the process', () => {
  const program = `
    import { createServer } from 'node:http';
    import * as path from 'path';
    import os from 'node:os';
    const fetchIsLoaded = process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici'));
    console.log(typeof createServer, path.sep, os.EOL === '\\n', fetchIsLoaded);
  `;
  const outputOf = async (plugins: Plugin[]): Promise<string> => {
    const { outputFiles } = await build({
      stdin: { contents: program },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      plugins,
    });
    const code = outputFiles[0]?.text ?? '';
    return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' }).stdout;
  };

  it('has their names, and does not load fetch', async () => {
    expect(await outputOf([lightBuiltins])).toBe('function / true false\n');
    // An ordinary import does.
    expect(await outputOf([])).toBe('function / true true\n');
  });
});
