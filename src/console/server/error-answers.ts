/** How an error becomes an answer: its code, its status and its sentence. */
import type { FastifyReply } from 'fastify';
import { maxBodyBytes } from '../contract.ts';
import { ConsoleError, isConsoleError } from './errors.ts';

export function answerError(error: ConsoleError, reply: FastifyReply): FastifyReply {
  return reply.code(error.status).type('application/json; charset=utf-8').send(error.body);
}

/** Errors of the framework in our words; an error that nobody expected gives no details away. */
export function knownError(error: unknown): ConsoleError {
  if (isConsoleError(error)) return error;
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ConsoleError(
      'BodyTooLarge',
      `The body of the request is too large: what is saved in the cluster may have up to ${String(maxBodyBytes)} bytes. Make the value smaller.`,
    );
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ConsoleError('UnsupportedMediaType', 'A request with a body has to say that it is JSON.');
  if (statusCode !== undefined && statusCode < 500)
    return new ConsoleError('MalformedRequest', 'The request cannot be read.', { cause: error });
  return new ConsoleError(
    'Internal',
    'The console failed to answer: try again, and tell the administrator of the console.',
    {
      cause: error,
    },
  );
}
