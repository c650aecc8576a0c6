/** The check in the menu of the user: notifications on or off. The browser is asked only when somebody turns them on. */
import { Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactElement } from 'react';
import { texts } from '../texts.ts';
import { turn, useNotifyState, type NotifyState } from './wish.ts';

/** Why they are not on. */
const reasons: Readonly<Record<Exclude<NotifyState, 'on'>, () => string>> = {
  off: () => texts.app.notifyUnanswered,
  blocked: () => texts.app.notifyBlocked,
  unsupported: () => texts.app.notifyUnsupported,
};

export function NotifyItem(): ReactElement {
  const state = useNotifyState();
  const change = async (isOn: boolean): Promise<void> => {
    const now = await turn(isOn, texts.app.notifyOn);
    if (isOn && now !== 'on') notifications.show({ message: reasons[now](), color: 'yellow' });
  };
  return (
    <Menu.CheckboxItem
      checked={state === 'on'}
      disabled={state === 'unsupported'}
      onChange={(isOn) => void change(isOn)}
    >
      {texts.app.notify}
      {state === 'unsupported' && (
        <Text size="xs" c="dimmed">
          {reasons.unsupported()}
        </Text>
      )}
    </Menu.CheckboxItem>
  );
}
