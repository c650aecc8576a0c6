/** The English texts, as a page has them that was opened in English. For tests that call code of the pages: import it for its effect. */
import { putTexts } from '../../../src/console/web/texts.ts';
import { first } from '../../../src/console/web/texts/en/first.ts';
import { pages } from '../../../src/console/web/texts/en/pages.ts';

putTexts({ ...first, ...pages });
