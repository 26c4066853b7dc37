import { AsyncLocalStorage } from 'node:async_hooks';
import type { DispatchHook, MessageCarrier, MessageHeaders, RpcSender } from './message-carrier.js';

/**
 * TCP and Redis: Nest's own packet metadata.
 *
 * The hook that Nest offers is one slot for all packets of the client, and runs after the connection is up, when other
 * calls were made in between. So each call runs in an async scope of its own, and the hook takes the metadata from there:
 * two calls can't mix. What goes out by another way carries no token. A hook that is set later runs as well.
 */
export function metadataCarrier(client: RpcSender): MessageCarrier {
  const current = new AsyncLocalStorage<MessageHeaders>();
  let further: DispatchHook | undefined;
  client.setOnDispatchHook((packet) => {
    further?.(packet);
    const headers = current.getStore();
    if (headers !== undefined) packet.metadata = { ...(packet.metadata as object | undefined), ...headers };
  });
  client.setOnDispatchHook = (hook) => {
    further = hook;
  };
  return { carry: (headers, data, dispatch, settle) => current.run(headers, () => settle(dispatch(data))) };
}
