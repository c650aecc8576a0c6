/** The choice of a language: in the menu of the user, and on the login page. Each is called what those who speak it call it. */
import { Anchor, Group, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactElement } from 'react';
import { changeLanguage } from '../language/language.ts';
import { isLanguage, languages, type LanguageTag } from '../language/languages.ts';
import { useLanguage } from '../language/use-language.ts';
import { texts } from '../texts.ts';

const tags = Object.keys(languages) as LanguageTag[];

export function LanguageItems(): ReactElement {
  const chosen = useLanguage();
  return (
    <>
      <Menu.Label>{texts.app.language}</Menu.Label>
      <Menu.RadioGroup value={chosen} onChange={(tag) => (isLanguage(tag) ? void choose(tag) : undefined)}>
        {tags.map((tag) => (
          <Menu.RadioItem key={tag} value={tag} lang={tag} closeMenuOnClick>
            {languages[tag]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

export function LanguageLinks(): ReactElement {
  const chosen = useLanguage();
  return (
    <Group role="group" aria-label={texts.app.language} gap="md" justify="center">
      {tags.map((tag) => (
        <Anchor
          key={tag}
          component="button"
          type="button"
          size="sm"
          lang={tag}
          aria-pressed={tag === chosen}
          fw={tag === chosen ? 600 : undefined}
          onClick={() => void choose(tag)}
        >
          {languages[tag]}
        </Anchor>
      ))}
    </Group>
  );
}

async function choose(tag: LanguageTag): Promise<void> {
  try {
    await changeLanguage(tag);
  } catch {
    notifications.show({ message: texts.app.languageMissing, color: 'red' });
  }
}
