import { describe, expect, test } from 'vitest';
import { quotable } from '../../src/kernel/quotable.ts';

describe('what can be quoted of a sentence about something confidential', () => {
  test.each([
    [
      'Internal error occurred: failed calling webhook "deny.example.com": failed to call webhook: Post "https://hooks.default.svc:443/?timeout=10s": service "hooks" not found',
      'failed calling webhook "deny.example.com": service "hooks" not found',
    ],
    [
      'Internal error occurred: failed calling webhook "x.example.com": an error on the server ("cannot store hunter2") has prevented the request from succeeding',
      'failed calling webhook "x.example.com"',
    ],
    [
      'admission webhook "p.example.com" denied the request: hunter2 is weak',
      'admission webhook "p.example.com" denied the request',
    ],
    [
      "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'no-secrets' with binding 'all' denied request: found hunter2",
      "ValidatingAdmissionPolicy 'no-secrets' with binding 'all' denied request",
    ],
    [
      'secrets "db" is forbidden: exceeded quota: small, requested: count/secrets=1, used: count/secrets=5, limited: count/secrets=5',
      'exceeded quota: small, requested: count/secrets=1, used: count/secrets=5, limited: count/secrets=5',
    ],
    ['namespaces "nope" not found', 'namespaces "nope" not found'],
    ['Secret "a" is invalid: data[b]: Invalid value: "hunter2"', ''],
  ])('%s', (sentence, quoted) => {
    expect(quotable(sentence)).toBe(quoted);
  });
});
