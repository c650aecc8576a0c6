/** Over the page when the session has ended: what was typed below stays and is there after logging in again as the same user. */
import { Modal, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionState } from '../cluster/session.ts';
import { useReturnFocus } from '../parts/return-focus.ts';
import { texts } from '../texts.ts';
import { LoginForm } from './login-form.tsx';

interface SessionEndedDialogProps {
  readonly state: SessionState & { readonly isIn: false };
  readonly userName: string;
}

export function SessionEndedDialog({ state, userName }: SessionEndedDialogProps): ReactElement {
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={texts.login.ended}
      zIndex={1000}
    >
      <Stack>
        {state.message !== '' && <Text lang={state.lang}>{state.message}</Text>}
        <Text size="sm" c="dimmed">
          {texts.login.endedHelp(userName)}
        </Text>
        <LoginForm logins={state.logins} />
      </Stack>
    </Modal>
  );
}
