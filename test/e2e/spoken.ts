/** What a screen reader says of a page, and what the Tab key reaches on it. */
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { axeFindings } from './axe.ts';

/** More stops than a page has where a table shows a dozen rows. */
const mostStops = 120;

/** Names of what Tab comes to, from where the focus is on, or the start of the page, until it comes to one again. */
export async function stops(page: Page): Promise<readonly string[]> {
  const names: string[] = [];
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    document.querySelectorAll('[data-stop]').forEach((element) => element.removeAttribute('data-stop'));
  });
  while (names.length < mostStops) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      if (element === null || element === document.body || element.hasAttribute('data-stop')) return undefined;
      element.setAttribute('data-stop', '');
      const labelledBy = document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent;
      const label = element.labels?.[0]?.textContent;
      return (element.getAttribute('aria-label') ?? labelledBy ?? label ?? element.textContent).trim();
    });
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}

/** All of them are there, in this order. */
export function expectInOrder(found: readonly string[], wanted: readonly string[]): void {
  const places = wanted.map((name) => found.indexOf(name));
  expect({ found, missing: wanted.filter((_, index) => places[index] === -1) }).toEqual({ found, missing: [] });
  expect(places).toEqual([...places].sort((a, b) => a - b));
}

/** Behind a dialog nothing is said. */
export async function expectNoViolations(page: Page): Promise<void> {
  expect(
    await axeFindings(page, (await page.getByRole('dialog').count()) > 0 ? { within: '[role=dialog]' } : {}),
  ).toEqual([]);
}

/** The lines that a screen reader would read, without their indentation. */
export async function spoken(of: Locator): Promise<readonly string[]> {
  return (await of.ariaSnapshot()).split('\n').map((line) => line.trim());
}

export function expectSaid(lines: readonly string[], wanted: readonly (string | RegExp)[]): void {
  const isSaid = (one: string | RegExp): boolean =>
    lines.some((line) => (typeof one === 'string' ? line.includes(one) : one.test(line)));
  expect({ lines, missing: wanted.filter((one) => !isSaid(one)).map(String) }).toEqual({ lines, missing: [] });
}

export function isFocused(one: Locator): Promise<boolean> {
  return one.evaluate((element) => element === document.activeElement);
}
