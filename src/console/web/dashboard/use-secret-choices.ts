/** The secrets that a job of this namespace can use: mine, and those shared with me; live. */
import { useMemo } from 'react';
import { calledName, formatSecretUri, isConditionTrue } from '../../../api/index.ts';
import { isOneSecret, type SecretChoice } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { compareText } from '../language/local.ts';
import { userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useSharedWithMe } from '../secrets/use-shared-with-me.ts';

/** By URI: `secret:key` for mine, `secret:/owner/key` for others'. */
export function useSecretChoices(namespace: string): ReadonlyMap<string, SecretChoice> {
  const { objects } = useLive(userSecrets, { namespace });
  const { entries } = useSharedWithMe(namespace);
  return useMemo(() => {
    const mine = Array.from(objects.values(), (secret): SecretChoice => {
      const key = calledName(secret);
      const { version } = secret.status ?? {};
      return {
        uri: formatSecretUri({ key }),
        namespace,
        name: secret.metadata.name,
        key,
        isMine: true,
        isListed: false,
        owner: namespace,
        isReady: isConditionTrue(secret.status?.conditions, 'Ready'),
        ...defined({ version }),
      };
    });
    const shared = entries
      .filter(isOneSecret)
      .map(({ uri, namespace: owner, name, key, owner: person, expiresAt }): SecretChoice => ({
        uri,
        namespace: owner,
        name,
        key,
        isMine: false,
        isListed: true,
        owner: person,
        isReady: true,
        ...defined({ expiresAt }),
      }));
    return new Map(
      [...mine.sort((a, b) => compareText(a.key, b.key)), ...shared].map((choice) => [choice.uri, choice]),
    );
  }, [objects, entries, namespace]);
}
