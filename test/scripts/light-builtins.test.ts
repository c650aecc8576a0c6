import { describe, expect, it } from '@jest/globals';
import { withLightBuiltins } from '../../scripts/build/light-builtins.ts';

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

  it('go on importing each other, wherever that stands', () => {
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
