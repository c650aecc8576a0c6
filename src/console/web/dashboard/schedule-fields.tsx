/** When a job runs again and again: a schedule and its time zone. Empty: once, now. */
import { Group, Stack, Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { hasDay, parseCronLine } from '../../../api/index.ts';
import { MAX_SCHEDULE_NAME, scheduleProblem } from '../../../client/index.ts';
import { SuggestedInput } from '../parts/suggested-input.tsx';
import { texts } from '../texts.ts';
import type { ScheduleDraft } from './scheduled-job.ts';

/** The browser's own time zone: what people mean by three o'clock. */
export function emptySchedule(): ScheduleDraft {
  return { schedule: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** By field, as those of the job. */
export function scheduleProblems({ schedule, timeZone }: ScheduleDraft, name: string): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  if (name.length > MAX_SCHEDULE_NAME) problems.set('name', texts.schedules.longName);
  const parsed = parseCronLine(schedule);
  if ('problem' in parsed) problems.set('schedule', texts.schedules.badSchedule);
  else if (!hasDay(parsed.line)) problems.set('schedule', texts.schedules.neverDue);
  if (timeZone !== '' && scheduleProblem({ schedule: '@daily', timeZone }) !== undefined)
    problems.set('timeZone', texts.schedules.badTimeZone);
  return problems;
}

interface ScheduleFieldsProps {
  readonly value: ScheduleDraft;
  readonly onChange: (value: ScheduleDraft) => void;
  readonly errorOf: (field: string) => string | undefined;
  /** Why the user may not create schedules. */
  readonly whyNot: string | undefined;
}

export function ScheduleFields({ value, onChange, errorOf, whyNot }: ScheduleFieldsProps): ReactElement {
  return (
    <Stack gap={4} component="section" aria-label={texts.schedules.onSchedule}>
      <Text size="sm" fw={600}>
        {texts.schedules.onSchedule}
      </Text>
      <Group align="flex-start" grow>
        <TextInput
          label={texts.schedules.schedule}
          description={whyNot ?? texts.schedules.scheduleHelp}
          placeholder={texts.schedules.example}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          value={value.schedule}
          onChange={({ currentTarget }) => onChange({ ...value, schedule: currentTarget.value })}
          error={errorOf('schedule')}
          // What was typed before the right went can still be removed.
          disabled={whyNot !== undefined && value.schedule === ''}
        />
        <SuggestedInput
          label={texts.schedules.timeZone}
          known={Intl.supportedValuesOf('timeZone')}
          value={value.timeZone}
          onChange={(timeZone) => onChange({ ...value, timeZone })}
          error={errorOf('timeZone')}
          disabled={value.schedule.trim() === ''}
        />
      </Group>
    </Stack>
  );
}
