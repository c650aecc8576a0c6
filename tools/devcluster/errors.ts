/**
 * Errors of the development cluster. `code` is for programs, the sentence for people: what we were doing, what was
 * found, what to do.
 */

export type DevClusterErrorCode =
  | 'BuildFailed'
  | 'ClusterExists'
  | 'CommandFailed'
  | 'ComponentExited'
  | 'ImageInvalid'
  | 'InvalidName'
  | 'LockTimeout'
  | 'MissingTool'
  | 'NotReady'
  | 'NotRunning'
  | 'Unsupported';

export class DevClusterError extends Error {
  readonly code: DevClusterErrorCode;

  constructor(code: DevClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DevClusterError';
    this.code = code;
  }
}
