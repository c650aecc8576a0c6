/** Folders that are mounted: claims, ConfigMaps, empty ones. */
import { ActionIcon, Autocomplete, Button, Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import styles from './dashboard.module.css';
import type { RunFieldsProps } from './job-fields.tsx';
import { nextId, type Mount } from '../../../client/index.ts';

interface MountFieldsProps extends RunFieldsProps {
  readonly claims: readonly string[];
  readonly configMaps: readonly string[];
}

const kinds = ['claim', 'configMap', 'empty'] as const satisfies readonly Mount['kind'][];

export function MountFields({ draft, onChange, errorOf, claims, configMaps }: MountFieldsProps): ReactElement {
  const { mounts } = draft;
  const set = (next: Mount): void => onChange({ mounts: mounts.map((one) => (one.id === next.id ? next : one)) });
  return (
    <Stack gap="sm" component="section" aria-label={texts.run.volumes}>
      {mounts.map((mount, index) => {
        const field = `mount.${String(mount.id)}`;
        return (
          <div key={mount.id} className={styles['block']} role="group" aria-label={texts.run.volumeNumber(index + 1)}>
            <Group align="start" gap="xs">
              <NativeSelect
                label={texts.run.volumeKind}
                data={kinds.map((kind) => ({ value: kind, label: texts.run.volumeKinds[kind] }))}
                value={mount.kind}
                onChange={({ currentTarget: { value } }) =>
                  set({
                    id: mount.id,
                    kind: kinds.find((kind) => kind === value) ?? 'claim',
                    source: '',
                    path: mount.path,
                    readOnly: false,
                  })
                }
              />
              {mount.kind !== 'empty' && (
                <Autocomplete
                  label={texts.run.volumeSource}
                  data={[...(mount.kind === 'claim' ? claims : configMaps)]}
                  value={mount.source}
                  onChange={(source) => set({ ...mount, source })}
                  error={errorOf(`${field}.source`)}
                  flex={1}
                />
              )}
              <TextInput
                label={texts.run.volumePath}
                value={mount.path}
                onChange={(event) => set({ ...mount, path: event.currentTarget.value })}
                error={errorOf(`${field}.path`)}
                classNames={{ input: 'mono' }}
                flex={1}
              />
              {mount.kind === 'claim' && (
                <Switch
                  label={texts.run.readOnly}
                  checked={mount.readOnly}
                  onChange={(event) => set({ ...mount, readOnly: event.currentTarget.checked })}
                  mt={30}
                />
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                mt={28}
                aria-label={texts.run.removeVolume(mount.path)}
                onClick={() => onChange({ mounts: mounts.filter(({ id }) => id !== mount.id) })}
              >
                <Icon name="close" />
              </ActionIcon>
            </Group>
          </div>
        );
      })}
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="add" size={16} />}
          onClick={() =>
            onChange({
              mounts: [...mounts, { id: nextId(draft), kind: 'claim', source: '', path: '', readOnly: false }],
            })
          }
        >
          {texts.run.addVolume}
        </Button>
      </div>
    </Stack>
  );
}
