/** The public interface of the streams: a container's standard streams and ports, over WebSockets to the API server. Loaded only when needed. */
export { openApiSocket, type SocketRequest } from './api-socket.ts';
export type { CommandEnd } from './command-end.ts';
export { forwardConnection, type PortForwardRequest } from './port-forward.ts';
export {
  openRemoteCommand,
  type CommandStreams,
  type RemoteCommand,
  type RemoteCommandRequest,
  type TerminalSize,
} from './remote-command.ts';
