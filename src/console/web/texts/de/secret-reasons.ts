/** Texts in German, see `en/secret-reasons.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const secretReasons: PageTexts['secretReasons'] = {
  KeyConflict: 'ein anderes Secret hat diesen Schlüssel',
  Replacing: 'wird ersetzt',
  ValueLost: 'Wert nicht wiederhergestellt',
  Malformed: 'nicht richtig versiegelt',
  UnknownSealingKey: 'kein Schlüssel öffnet es',
  CannotOpen: 'für ein anderes Secret versiegelt',
  ValueInvalid: 'leer oder zu groß',
  SourceNotFound: 'Quelle nicht gefunden',
  SourceNotPermitted: 'Quelle nicht erlaubt',
  CopyUnavailable: 'nicht mit mir geteilt',
  CopyEnded: 'Zugriff abgelaufen',
  CopyOfCopy: 'Kopie einer Kopie',
  TooManyCopies: 'zu viele Kopien',
  Conflict: 'Name ist vergeben',
  Refused: 'vom Cluster abgelehnt',
  QuotaExhausted: 'Kontingent aufgebraucht',
  Contested: 'wird von anderer Seite geändert',
  ApiError: 'Problem des Clusters, neuer Versuch folgt',
  InternalError: 'Problem des Operators, neuer Versuch folgt',
  HistoryNotKept: 'früherer Wert nicht aufbewahrt',
  TooManyWrites: 'zu viele Schreibvorgänge, verzögert',
  StatusDelayed: 'Status verzögert',
  StatusRefused: 'Status abgelehnt',
  StatusContested: 'Status wird von anderer Seite geändert',
};
