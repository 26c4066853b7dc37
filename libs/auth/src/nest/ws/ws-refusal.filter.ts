import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AuthError } from '../../verification/index.js';
import { authRpcError } from '../errors/auth-problem.js';
import { DownstreamError } from '../errors/downstream-error.js';
import { sendTo, type SocketClient } from './socket-client.js';

/** Answers a refused message with the event `exception`, as Nest does, and with the code of the refusal. */
@Catch(AuthError, DownstreamError)
export class WsRefusalFilter implements ExceptionFilter<AuthError | DownstreamError> {
  catch(error: AuthError | DownstreamError, host: ArgumentsHost): void {
    sendTo(host.getArgByIndex<SocketClient>(0), 'exception', authRpcError(error));
  }
}
