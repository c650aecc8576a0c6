/** How the scenes of `npm run look` are reached: by the words on the page, in any language of the console. */
import type { Page } from 'playwright-core';
import { first as germanFirst } from '../../src/console/web/texts/de/first.ts';
import { pages as germanPages } from '../../src/console/web/texts/de/pages.ts';
import { first as englishFirst } from '../../src/console/web/texts/en/first.ts';
import { pages as englishPages } from '../../src/console/web/texts/en/pages.ts';
import type { PagesStage } from '../e2e/pages-stage.ts';

/** `refused`: 403 for everything. `broken`: 500 for everything. `away`: the page is there, and its server or its session goes. */
export type State = 'full' | 'empty' | 'refused' | 'broken' | 'away';

export type Reach = (page: Page, stage: PagesStage) => Promise<void>;

export interface Scene {
  readonly state: State;
  readonly name: string;
  /** `USER` is the namespace of who looks. */
  readonly path: string;
  /** What to do on the page before it is drawn; a cluster that was stopped starts again afterwards. */
  readonly reach?: Reach;
  /** The session is over afterwards. */
  readonly isLast?: true;
}
export type SceneOf = Omit<Scene, 'state'>;

const english = { ...englishFirst, ...englishPages };
const german = { ...germanFirst, ...germanPages };

/** What a text of the catalogue is in its languages, as a whole. */
export function called(pick: (texts: typeof english | typeof german) => string): RegExp {
  return new RegExp(`^(?:${[english, german].map((texts) => escaped(pick(texts))).join('|')})$`, 'u');
}

export const press =
  (button: RegExp, index = 0): Reach =>
  async (page) => {
    await page.getByRole('button', { name: button }).nth(index).click();
  };

export const both =
  (...steps: readonly Reach[]): Reach =>
  async (page, stage) => {
    for (const step of steps) await step(page, stage);
  };

export const dialog: Reach = (page) => page.getByRole('dialog').waitFor();

export const inDialog =
  (button: RegExp): Reach =>
  async (page) => {
    await page.getByRole('dialog').getByRole('button', { name: button }).click();
  };

export const key =
  (keys: string): Reach =>
  (page) =>
    page.keyboard.press(keys);

export const item =
  (name: RegExp): Reach =>
  async (page) => {
    await page.getByRole('menuitem', { name }).click();
  };

export const type =
  (field: RegExp, text: string): Reach =>
  async (page) => {
    await page
      .getByRole('textbox', { name: field })
      .or(page.getByRole('combobox', { name: field }))
      .first()
      .fill(text);
  };

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
