/** What a process of this machine has taken, as Linux reports it. */
import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that runs here. */
const ticksPerSecond = 100;
/** In /proc/PID/stat, counted from the field after the command in parentheses, which can hold spaces. */
const [userTicks, systemTicks] = [11, 12];

/** Milliseconds that the process has spent until now, in user and kernel mode; steps of 10 ms. Throws where there is no such process. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[userTicks]) + Number(fields[systemTicks])) * 1_000) / ticksPerSecond;
}

/** The most memory that it ever had; undefined where the system does not say. */
export function peakMiBOf(pid: number): number | undefined {
  return statusMiBOf(pid, 'VmHWM');
}

/** What it has now, without pages of files, which processes of the same program share; undefined where the system does not say. */
export function anonymousMiBOf(pid: number): number | undefined {
  return statusMiBOf(pid, 'RssAnon');
}

function statusMiBOf(pid: number, field: 'VmHWM' | 'RssAnon'): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kiB = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return kiB === undefined ? undefined : Number(kiB) / 1024;
  } catch {
    return undefined;
  }
}
