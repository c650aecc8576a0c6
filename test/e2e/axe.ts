/** What axe finds on a page: a line for each element with a fault. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * All rules. What they find in order is not gathered, no selector is made for an element (a finding has its HTML), and no style or film is fetched
 * for a rule: that takes longer than the rules, and none that is on needs it.
 */
const options: axe.RunOptions = {
  resultTypes: ['violations'],
  reporter: 'no-passes',
  preload: false,
  selectors: false,
  // Off by default: who speaks to the computer says what is written on a button.
  rules: { 'label-content-name-mismatch': { enabled: true } },
};

interface Looking {
  /** A selector of what alone is looked at. */
  readonly within?: string | undefined;
  /** Names of rules that are off. */
  readonly without?: readonly string[];
}

/** What fades in is pale until it is there, so it waits for that. */
export async function axeFindings(page: Page, { within, without = [] }: Looking = {}): Promise<readonly string[]> {
  const off = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const how = { ...options, rules: { ...options.rules, ...off } };
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  // Read and compiled once for each load of the page.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  return page.evaluate(
    async ([part, how]) => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(part ?? document, how);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`),
      );
    },
    [within, how] as const,
  );
}
