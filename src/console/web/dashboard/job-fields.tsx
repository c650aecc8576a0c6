/** Preset, image, command; the rest is folded away. */
import { Accordion, Group, NativeSelect, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import type { NeuroJobRestartPolicy } from '../../../api/index.ts';
import type { Preset } from '../../contract.ts';
import { texts } from '../texts.ts';
import { usePresets } from './use-presets.ts';
import type { JobDraft } from '../../../client/index.ts';

export interface RunFieldsProps {
  readonly draft: JobDraft;
  readonly onChange: (part: Partial<JobDraft>) => void;
  readonly errorOf: (field: string) => string | undefined;
}

interface JobFieldsProps extends RunFieldsProps {
  /** The name that the job gets when none is given. */
  readonly madeName: string;
}

const policies: readonly NeuroJobRestartPolicy[] = ['Never', 'OnFailure', 'Always'];

/** Fields that are folded away until they are opened, or wrong. */
const folded = ['name', 'httpPort', 'entrypoint', 'lifeSpan'];

export function JobFields({ draft, onChange, errorOf, madeName }: JobFieldsProps): ReactElement {
  const known = usePresets().map((preset) => ({ value: preset.name, label: presetLabel(preset) }));
  const [isOpen, setIsOpen] = useState(false);
  const isWrong = folded.some((field) => errorOf(field) !== undefined);
  const isUnknown = draft.preset !== '' && !known.some(({ value }) => value === draft.preset);
  const presets = isUnknown ? [...known, { value: draft.preset, label: texts.run.unknownPreset(draft.preset) }] : known;
  return (
    <Stack gap="sm">
      {presets.length > 0 && (
        <Select
          label={texts.run.preset}
          data={presets}
          value={draft.preset === '' ? null : draft.preset}
          placeholder={texts.run.noPreset}
          clearable
          onChange={(preset) => onChange({ preset: preset ?? '' })}
        />
      )}
      <TextInput
        label={texts.run.image}
        withAsterisk
        value={draft.image}
        onChange={(event) => onChange({ image: event.currentTarget.value })}
        error={errorOf('image')}
        placeholder="busybox:1"
        autoComplete="off"
        spellCheck={false}
        {...(draft.image === '' ? { 'data-autofocus': true } : {})}
      />
      <TextInput
        label={texts.run.command}
        description={texts.run.commandHelp}
        value={draft.command}
        onChange={(event) => onChange({ command: event.currentTarget.value })}
        error={errorOf('command')}
        classNames={{ input: 'mono' }}
        autoComplete="off"
        spellCheck={false}
      />
      <Accordion
        variant="contained"
        chevronPosition="left"
        value={isWrong || isOpen ? 'more' : null}
        onChange={(value) => setIsOpen(value !== null)}
      >
        <Accordion.Item value="more">
          <Accordion.Control>{texts.run.more}</Accordion.Control>
          <Accordion.Panel>
            <Stack gap="sm">
              <Group grow align="start">
                <TextInput
                  label={texts.run.name}
                  placeholder={madeName}
                  value={draft.name}
                  onChange={(event) => onChange({ name: event.currentTarget.value.trim() })}
                  error={errorOf('name')}
                />
                <TextInput
                  label={texts.run.httpPort}
                  value={draft.httpPort}
                  inputMode="numeric"
                  onChange={(event) => onChange({ httpPort: event.currentTarget.value.trim() })}
                  error={errorOf('httpPort')}
                />
              </Group>
              <TextInput
                label={texts.run.entrypoint}
                value={draft.entrypoint}
                onChange={(event) => onChange({ entrypoint: event.currentTarget.value })}
                error={errorOf('entrypoint')}
                classNames={{ input: 'mono' }}
                spellCheck={false}
              />
              <Group grow align="start">
                <TextInput
                  label={texts.run.lifeSpan}
                  placeholder={texts.run.noLimit}
                  value={draft.lifeSpan}
                  onChange={(event) => onChange({ lifeSpan: event.currentTarget.value.trim() })}
                  error={errorOf('lifeSpan')}
                />
                <NativeSelect
                  label={texts.run.restart}
                  data={policies.map((policy) => ({ value: policy, label: texts.run.policies[policy] }))}
                  value={draft.restartPolicy}
                  onChange={({ currentTarget: { value } }) =>
                    onChange({ restartPolicy: policies.find((policy) => policy === value) ?? 'Never' })
                  }
                />
              </Group>
              <TextInput
                label={texts.run.description}
                value={draft.description}
                onChange={(event) => onChange({ description: event.currentTarget.value })}
              />
              <TagsInput
                label={texts.run.tags}
                value={[...draft.tags]}
                onChange={(tags) => onChange({ tags: tags.map((tag) => tag.replace(/\s+/g, '-')) })}
                splitChars={[',', ' ']}
                maxTags={16}
              />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

function presetLabel({ name, description, resources }: Preset): string {
  const amounts = Object.entries({ ...resources?.requests, ...resources?.limits }).map(
    ([resource, amount]) => `${resource} ${amount}`,
  );
  const more = description ?? amounts.join(', ');
  return more === '' ? name : `${name} (${more})`;
}
