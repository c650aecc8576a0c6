/**
 * The pages: files with hashed names are kept by browsers without a limit, `index.html` never. Precompressed twins (`.br`, `.gz`) are sent where the
 * browser takes them. A path that is no file is a page of the console, which finds its way by itself.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ConsoleError } from './errors.ts';

/** Vite puts what has a hash in its name there. */
const hashedFolder = '/assets/';
const forEver = 'public, max-age=31536000, immutable';

export async function serveFiles(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.setNotFoundHandler((request, reply) => {
      if (request.method === 'GET' && request.url === '/')
        return reply.type('text/plain').send('The pages are not built: npm run build.\n');
      throw notFound();
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    index: false,
    wildcard: true,
    dotfiles: 'ignore',
    serveDotFiles: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      if (path.includes(hashedFolder)) response.header('cache-control', forEver);
    },
  });
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const isPage = request.method === 'GET' && !/^\/(api|k8s|auth|assets)(\/|$)/.test(path) && !path.includes('.');
    if (!isPage) throw notFound();
    return reply.sendFile('index.html');
  });
}

function notFound(): ConsoleError {
  return new ConsoleError('NotFound', 'There is nothing at this address of the console.');
}
