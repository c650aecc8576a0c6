/** What was last found under an address, for as long as it is asked for: a form that is open over a list stays when its row goes. */
import { useState } from 'react';

export function useKept<T>(address: string | undefined, found: T | undefined): T | undefined {
  const [kept, setKept] = useState<{ readonly address: string; readonly value: T }>();
  if (address !== undefined && found !== undefined && (kept?.value !== found || kept.address !== address))
    setKept({ address, value: found });
  if (found !== undefined) return found;
  return kept !== undefined && kept.address === address ? kept.value : undefined;
}
