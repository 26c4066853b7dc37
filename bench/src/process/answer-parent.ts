import type { Answer, Question } from './messages.js';

export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** The child's side of {@link Child}: answers each command, and ends when the parent has gone. */
export function answerParent(commands: Commands): void {
  const all: Commands = { ping: () => 'pong', cpu: cpuSeconds, ...commands };
  process.on('message', (question: Question) => void answer(all, question));
  process.once('disconnect', () => process.exit());
}

async function answer(commands: Commands, { id, command, argument }: Question): Promise<void> {
  try {
    const result = await commands[command]?.(argument as never);
    process.send?.({ id, result } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

/** CPU seconds that this process has used on all its threads, user and system. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
