/** Texts in German, see `en/copies.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const copySentence = 'Wer in diesem Namespace Secrets lesen kann, kann auch die Kopie lesen.';

export const copies: PageTexts['copies'] = {
  help: `Ein natives Secret in diesem Namespace folgt dem geteilten Secret, sodass Deployments und Charts es verwenden können. ${copySentence} Wenn der Zugriff endet, wird die Kopie gelöscht.`,
  labels: 'Labels des nativen Secrets',
  annotations: 'Annotationen des nativen Secrets',
  pairsHelp: 'Optional: ein NAME=WERT je Zeile, für Werkzeuge wie Reloader.',
  noPair: (line) => `NAME=WERT schreiben, nicht ${line}`,
  done: (key) => `Die Kopie ${key} wurde angelegt.`,
};
