/**
 * Tests on a real cluster are tried once more when they fail, and the first failure is printed: a machine that is busy with
 * something else makes a real kubelet late, and that is no fault of ours. A fault of ours fails twice.
 */
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
