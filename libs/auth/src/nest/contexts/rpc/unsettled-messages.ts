/** RabbitMQ messages whose consumer acknowledges by itself (`noAck: false`), and has not yet. Others must not be settled. */
const unsettled = new WeakSet<object>();

/** The part of Nest's RabbitMQ server that receives messages. */
interface AmqpServer {
  readonly noAck?: unknown;
  handleMessage?: (message: unknown, ...rest: unknown[]) => unknown;
}

/** @internal Remembers the messages of a server that has to acknowledge them; of every other server there are none. */
export function watchUnsettled(server: AmqpServer): void {
  if (server.noAck !== false || typeof server.handleMessage !== 'function') return;
  const handleMessage = server.handleMessage.bind(server);
  server.handleMessage = (message, ...rest) => {
    if (typeof message === 'object' && message !== null) unsettled.add(message);
    return handleMessage(message, ...rest);
  };
}

/** @internal Whether the message is still to be settled. Only once: the broker ends a channel that settles one twice. */
export function takeUnsettled(message: object): boolean {
  return unsettled.delete(message);
}
