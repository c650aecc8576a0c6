/** What a terminal sends. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { messagesOf } from '../../../../src/console/web/terminal/terminal-session.ts';

test.each([0, 1, 32 * 1024, 32 * 1024 + 1, 200_000])(
  'a paste of %d bytes goes in messages that the console takes, in their order',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
    const messages = messagesOf(0, bytes);
    expect(messages.every(([channel, ...rest]) => channel === 0 && rest.length < 64 * 1024)).toBe(true);
    expect(Buffer.concat(messages.map((message) => message.subarray(1))).equals(bytes)).toBe(true);
  },
);
