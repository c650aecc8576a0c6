/** Attacks by way of times: schedules that are always due, are never due, or have nothing to make jobs of. */
import type { Attack, Attacker } from '../attacker/attack.ts';

/** As long as a field of a schedule can be, so that each look costs as much as it can. */
const everyMinute = Array.from({ length: 60 }, (_, minute) => String(minute)).join(',');
const lines = [
  '* * * * *',
  '*/1 */1 */1 */1 */1',
  `${everyMinute} * * * *`,
  '* * 29 2 *',
  '0 0 30 2 *',
  '59 23 31 12 7',
  '* * 31 2,4,6,9,11 0-6',
  '99 * * * *',
  '* * * * * *',
  '*/0 * * * *',
  '1-0 * * * *',
];
/** With clocks that are set, at odd offsets, and none at all. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Nowhere/AtAll',
  undefined,
];
const policies = ['Allow', 'Forbid', 'Replace'];
const templates = ['stays', 'vanishes', 'runs', 'absent'];

const template = (suspend: boolean): object => ({
  suspend,
  image: 'busybox:1',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', 'head -c 4000 /dev/urandom | base64 >/dev/termination-log; exit 1'],
  ttlAfterFinished: '1s',
});

async function addSchedules(by: Attacker, count: number): Promise<void> {
  await by.each(count, (index) =>
    by.create('neuroschedules', {
      metadata: { name: `schedule-${String(index)}` },
      spec: {
        schedule: lines[index % lines.length],
        timeZone: zones[index % zones.length],
        concurrencyPolicy: policies[index % policies.length],
        jobTemplate: { name: templates[index % templates.length] },
        failedJobsHistoryLimit: 100,
      },
    }),
  );
}

export const schedules: readonly Attack[] = [
  {
    name: 'schedules',
    aim: 'schedules that are due each minute, in odd words and time zones, over templates that come and go',
    run: async (by) => {
      for (const name of templates.slice(0, 3))
        await by.create('neurojobs', { metadata: { name }, spec: template(name !== 'runs') });
      const count = by.count(3_000);
      await addSchedules(by, count);
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.remove('neurojobs', 'vanishes');
        await by.each(20, (index) => {
          const name = `schedule-${String((round * 20 + index) % count)}`;
          return by.patch('neuroschedules', name, { spec: { schedule: lines[(round + index) % lines.length] } });
        });
        await by.create('neurojobs', { metadata: { name: 'vanishes' }, spec: template(true) });
        await by.pause(500);
      }
    },
  },
];
