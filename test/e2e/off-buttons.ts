/** Buttons that are off on the pages, for someone who lacks a right: they can be reached, say why, and do nothing. */
import { expect } from 'vitest';
import type { Locator } from 'playwright-core';
import { untilTrue } from '../support/until.ts';

export async function isOff(button: Locator): Promise<boolean> {
  return (await button.getAttribute('aria-disabled')) === 'true';
}

export async function expectReason(button: Locator, reason: string): Promise<void> {
  await untilTrue(() => isOff(button), 'it is off');
  expect(await button.getAttribute('aria-description')).toBe(reason);
}

/** Off, with the reason, and without effect: also nothing is asked before. */
export async function expectOff(button: Locator, reason: string): Promise<void> {
  await expectReason(button, reason);
  await button.click({ force: true });
  expect(await button.page().getByRole('dialog').count()).toBe(0);
}
