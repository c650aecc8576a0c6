#!/usr/bin/env node
/**
 * Where the process begins. What the runtime compiles is kept in the folder where kubectl keeps its own cache, so that
 * the next command starts sooner; nothing but code of this program goes there.
 */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const home = homedir();
if (existsSync(home)) enableCompileCache(join(home, '.kube', 'cache', 'neuro'));
await import('./start.ts');
