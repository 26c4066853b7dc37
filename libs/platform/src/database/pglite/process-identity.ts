import { readFile } from 'node:fs/promises';

/** When a process started, in the unit of the system; undefined if the system does not provide it. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, status] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
    ]);
    // proc(5): the 22nd field. The 2nd field is a name in parentheses that may itself contain spaces and parentheses.
    const started = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    return started === undefined ? undefined : `${boot.trim()}:${started}`;
  } catch {
    return undefined;
  }
}

/** Whether the process with this pid is still the one that started then. */
export async function isRunning(pid: number, started: string | undefined): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = await startTimeOf(pid);
  return started === undefined || now === undefined || now === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
