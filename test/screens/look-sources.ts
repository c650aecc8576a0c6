/** Scenes of where a value comes from: the form of each source, several keys adopted at once, other clusters, and what the details say. */
import type { InputSource } from '../../src/console/web/secrets/secret-input.ts';
import { both, called, dialog, press, type, type Reach, type SceneOf } from './look-reach.ts';

const from =
  (source: InputSource): Reach =>
  async (page) => {
    const select = page.getByRole('combobox', { name: called(({ value }) => value.how) });
    await select.selectOption(source);
  };
const save = press(called(({ actions }) => actions.save));
const add = '/n/USER/secrets?do=add';
const nativeName = called(({ sources }) => sources.nativeSecret);
const leave: Reach = (page) => page.keyboard.press('Tab');

export const ofSources: readonly SceneOf[] = [
  { name: 'source-choice', path: add },
  { name: 'source-generate', path: add, reach: from('generate') },
  {
    name: 'source-template',
    path: add,
    reach: both(
      from('template'),
      type(
        called(({ sources }) => sources.templateText),
        'postgres://$(user):$(db-password)@$(host)/$(x',
      ),
    ),
  },
  {
    name: 'source-template-wrong',
    path: add,
    reach: both(
      from('template'),
      type(
        called(({ sources }) => sources.templateText),
        'postgres://$(user):$(nobody)@db',
      ),
      save,
    ),
  },
  { name: 'source-secret', path: add, reach: both(from('secret'), type(nativeName, 'vendor'), leave) },
  { name: 'source-secret-wrong', path: add, reach: both(from('secret'), type(nativeName, 'absent'), leave, save) },
  {
    name: 'source-config-map',
    path: add,
    reach: both(from('configMap'), async (page) => {
      await page.getByRole('combobox', { name: called(({ sources }) => sources.configMap) }).click();
    }),
  },
  { name: 'source-pair', path: add, reach: both(from('pair'), save) },
  {
    name: 'source-clusters',
    path: add,
    reach: both(
      press(called(({ sealing }) => sealing.others)),
      type(
        called(({ sealing }) => sealing.document),
        'no document',
      ),
      press(called(({ sealing }) => sealing.addPasted)),
    ),
  },
  { name: 'edit-generated', path: '/n/USER/secrets?secret=deploy-key&do=edit', reach: dialog },
  { name: 'edit-template', path: '/n/USER/secrets?secret=dsn&do=edit', reach: dialog },
  { name: 'details-template', path: '/n/USER/secrets?secret=dsn', reach: dialog },
  { name: 'details-pair', path: '/n/USER/secrets?secret=web', reach: dialog },
  {
    name: 'adopt',
    path: '/n/USER/secrets?do=adopt',
    reach: both(
      dialog,
      type(nativeName, 'vendor'),
      (page) => page.keyboard.press('Enter'),
      (page) => page.getByRole('dialog').getByRole('table').waitFor(),
    ),
  },
  {
    name: 'adopt-refused',
    path: '/n/USER/secrets?do=adopt',
    reach: both(dialog, type(nativeName, 'absent'), (page) => page.keyboard.press('Enter')),
  },
];
