/** The check in the menu of the user: notifications on or off. The browser is asked only when somebody turns them on. */
import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactElement } from 'react';
import { texts } from '../texts.ts';
import { turn, useNotifyState } from './wish.ts';

export function NotifyItem(): ReactElement {
  const state = useNotifyState();
  const change = async (isOn: boolean): Promise<void> => {
    const now = await turn(isOn);
    if (isOn && now === 'blocked') notifications.show({ message: texts.app.notifyBlocked, color: 'yellow' });
  };
  return (
    <Menu.CheckboxItem
      checked={state === 'on'}
      disabled={state === 'unsupported'}
      onChange={(isOn) => void change(isOn)}
    >
      {texts.app.notify}
    </Menu.CheckboxItem>
  );
}
