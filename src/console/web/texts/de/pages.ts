/** Texts in German, see `en/pages.ts`. */
import type { PageTexts } from '../catalogue.ts';
import { admin } from './admin.ts';
import { adopt } from './adopt.ts';
import { bulk } from './bulk.ts';
import { copies } from './copies.ts';
import { dashboard } from './dashboard.ts';
import { granted } from './granted.ts';
import { jobs, phases, reasons } from './jobs.ts';
import { log } from './log.ts';
import { notify } from './notify.ts';
import { open } from './open.ts';
import { palette, shortcuts } from './palette.ts';
import { check, run } from './run.ts';
import { schedules } from './schedules.ts';
import { secretLog } from './secret-log.ts';
import { secretReasons } from './secret-reasons.ts';
import { history, sealing, secrets, value } from './secrets.ts';
import { share } from './share.ts';
import { sources } from './sources.ts';
import { tags } from './tags.ts';
import { terminal } from './terminal.ts';
import { units } from './units.ts';
import { use } from './use.ts';

export const pages: PageTexts = {
  admin,
  adopt,
  bulk,
  check,
  copies,
  dashboard,
  granted,
  history,
  jobs,
  log,
  notify,
  open,
  palette,
  phases,
  reasons,
  run,
  schedules,
  sealing,
  secretLog,
  secretReasons,
  secrets,
  share,
  shortcuts,
  sources,
  tags,
  terminal,
  units,
  use,
  value,
};
