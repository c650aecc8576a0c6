/** Texts in German, see `en/first.ts`. */
import type { FirstTexts } from '../catalogue.ts';
import { errors } from './errors.ts';
import { actions, copy, discard } from './parts.ts';
import { app, login, namespace, nav, opening, states } from './shell.ts';

export const first: FirstTexts = { app, nav, opening, actions, namespace, login, states, errors, copy, discard };
