/** Texts that several pages use, by folder: see `texts/en/`. A page that is loaded on demand imports its own. */
import { dashboard } from './texts/en/dashboard.ts';
import { errors } from './texts/en/errors.ts';
import { jobs, phases, reasons } from './texts/en/jobs.ts';
import { actions, copy, discard } from './texts/en/parts.ts';
import { palette, shortcuts } from './texts/en/palette.ts';
import { granted } from './texts/en/granted.ts';
import { check, run } from './texts/en/run.ts';
import { history, sealing, secrets, value } from './texts/en/secrets.ts';
import { share } from './texts/en/share.ts';
import { app, login, namespace, nav, states } from './texts/en/shell.ts';

export const texts = {
  app,
  nav,
  actions,
  namespace,
  login,
  states,
  errors,
  copy,
  discard,
  sealing,
  value,
  secrets,
  history,
  share,
  dashboard,
  run,
  check,
  jobs,
  granted,
  palette,
  shortcuts,
  phases,
  reasons,
} as const;
