import { Observable } from 'rxjs';
import type { AuthenticatedCaller } from '../../propagation/caller.js';
import type { AuthError } from '../../verification/index.js';

/** A stream that goes over to what `refuse` gives when the token of its caller expires or is revoked. */
export function untilEnd(
  source: Observable<unknown>,
  caller: AuthenticatedCaller,
  refuse: (error: AuthError) => Observable<unknown>,
): Observable<unknown> {
  return new Observable((subscriber) => {
    source.subscribe(subscriber);
    // Most answers to messages are complete by now.
    if (subscriber.closed) return;
    subscriber.add(caller.whenEnded((error) => void refuse(error).subscribe(subscriber)));
  });
}
