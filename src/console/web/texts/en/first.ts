/** What can show before a page is there: the frame, the login, errors. Loaded before anything is drawn, so it has to be small. */
import { errors } from './errors.ts';
import { actions, copy, discard } from './parts.ts';
import { app, login, namespace, nav, opening, states } from './shell.ts';

export const first = { app, nav, opening, actions, namespace, login, states, errors, copy, discard } as const;
