/**
 * Pictures of every page and dialog at four widths, in both colours: empty, full (300 secrets, 2,000 jobs, names as long as they may be) and failing, to
 * look at before a change of the look is done. Before a model of a cluster; nothing of them is kept in the repository.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { BrowserUser } from '../e2e/console-world.ts';
import { startPagesStage } from '../e2e/pages-stage.ts';
import { brokenFor, fill, refusedFor } from './look-fill.ts';
import type { Scene, State } from './look-reach.ts';
import { scenes } from './look-scenes.ts';

const usage = `npm run look -- FOLDER [PART-OF-A-NAME …] [--language de] [--widths 390,1180] [--colours light]

Draws the scenes whose name has one of the parts, all by default:
${scenes.map(({ state, name }) => `  ${state}-${name}`).join('\n')}
`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    language: { type: 'string', default: 'en' },
    widths: { type: 'string', default: '390,820,1180,1920' },
    colours: { type: 'string', default: 'light,dark' },
  },
});
const [folder, ...parts] = positionals;
if (values.help || folder === undefined) {
  process.stdout.write(usage);
  process.exit(values.help ? 0 : 1);
}
mkdirSync(folder, { recursive: true });

const widths = values.widths.split(',').map(Number);
const height = 800;
/** What moves when it appears stands still then. */
const settleMs = 400;
/** For two thousand jobs, on a machine that does much else. */
const patienceMs = 60_000;
const people: Readonly<Record<State, string>> = {
  full: 'alice',
  empty: 'carol',
  refused: 'dave',
  broken: 'erin',
  away: 'alice',
};

const stage = await startPagesStage({ people: ['alice', 'bob', 'carol', 'dave', 'erin'] });
try {
  await fill(stage);
  stage.cluster.denied.push(refusedFor(people.refused));
  stage.cluster.interceptions.push(brokenFor(people.broken));
  const users = new Map<string, BrowserUser>();
  for (const scene of scenes) {
    if (parts.length > 0 && !parts.some((part) => `${scene.state}-${scene.name}`.includes(part))) continue;
    const name = people[scene.state];
    const user = users.get(name) ?? (await stage.user(name, { locale: values.language }));
    user.context.setDefaultTimeout(patienceMs);
    users.set(name, user);
    await draw(scene, user).catch((error: unknown) =>
      process.stdout.write(`${scene.state}-${scene.name}: ${String(error)}\n`),
    );
    if (scene.isLast !== true) continue;
    users.delete(name);
    await user.close();
  }
} finally {
  await stage.stop();
}
process.exit();

/** At the widest first: what is pressed there stays open on narrower screens. */
async function draw({ state, name, path, reach }: Scene, user: BrowserUser): Promise<void> {
  const { page, go } = user;
  await page.setViewportSize({ width: 1180, height });
  await go(path.replace('USER', user.name));
  await page.mouse.move(0, 0);
  try {
    await reach?.(page, stage);
    // No tooltip of what was pressed.
    await page.mouse.move(0, 0);
    await drawAll(state, name, page);
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // One that is there already refuses.
    await stage.cluster.start().catch(() => undefined);
  }
}

async function drawAll(state: State, name: string, page: Page): Promise<void> {
  for (const width of widths)
    for (const colours of values.colours.split(',')) {
      await page.setViewportSize({ width, height });
      await page.evaluate((scheme) => {
        document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
      }, colours);
      await page.waitForTimeout(settleMs);
      const picture = join(folder ?? '', `${state}-${name}-${String(width)}-${colours}.png`);
      await page.screenshot({ path: picture, animations: 'disabled' });
    }
}
