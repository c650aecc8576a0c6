/** Texts in German, see `en/copies.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const copySentence = 'Wer in diesem Namespace Secrets lesen kann, kann auch die Kopie lesen.';

export const copies: PageTexts['copies'] = {
  help: `Das native Secret hier folgt dem anderen Secret, sodass Deployments und Charts es verwenden können. ${copySentence} Wenn der Zugriff endet, wird es gelöscht.`,
  labels: 'Labels des nativen Secrets',
  annotations: 'Annotationen des nativen Secrets',
  pairsHelp: 'Ein NAME=WERT je Zeile, für Werkzeuge wie Reloader. Optional.',
  noPair: (line) => `NAME=WERT schreiben, nicht ${line}`,
  done: (key) => `${key} ist jetzt eine Kopie.`,
};
