/** Plain variables: what anybody may read. */
import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import type { RunFieldsProps } from './job-fields.tsx';
import { nextId, type Variable } from '../../../client/index.ts';

export function VariableFields({ draft, onChange, errorOf }: RunFieldsProps): ReactElement {
  const { variables } = draft;
  const set = (next: Variable): void =>
    onChange({ variables: variables.map((one) => (one.id === next.id ? next : one)) });
  return (
    <Stack gap="xs" component="section" aria-label={texts.run.variables}>
      {variables.map((variable) => (
        <Group key={variable.id} align="start" gap="xs" wrap="nowrap">
          <TextInput
            aria-label={texts.run.variableName}
            placeholder={texts.run.variableName}
            value={variable.name}
            onChange={(event) => set({ ...variable, name: event.currentTarget.value.trim() })}
            error={errorOf(`variable.${String(variable.id)}.name`)}
            classNames={{ input: 'mono' }}
            flex={1}
          />
          <TextInput
            aria-label={texts.run.variableValue}
            placeholder={texts.run.variableValue}
            value={variable.value}
            onChange={(event) => set({ ...variable, value: event.currentTarget.value })}
            classNames={{ input: 'mono' }}
            flex={1}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={texts.run.removeVariable(variable.name)}
            onClick={() => onChange({ variables: variables.filter(({ id }) => id !== variable.id) })}
          >
            <Icon name="close" />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="add" size={16} />}
          onClick={() => onChange({ variables: [...variables, { id: nextId(draft), name: '', value: '' }] })}
        >
          {texts.run.addVariable}
        </Button>
      </div>
    </Stack>
  );
}
