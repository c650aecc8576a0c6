/** The cards in the language of the page: those that every console has. The others are in the words of the platform team. */
import type { Widget } from '../../contract.ts';
import { texts } from '../texts.ts';

export function cardsOf(widgets: readonly Widget[]): readonly Widget[] {
  return widgets.map((widget) =>
    widget.isStandard === true ? { ...widget, ...texts.dashboard.standard[widget.name] } : widget,
  );
}
