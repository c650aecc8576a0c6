/** The entry: fetches the code and the texts of the user's language at the same time, and draws when both are there. */
import { startLanguage } from './language/language.ts';

const [{ draw }] = await Promise.all([import('./main.tsx'), startLanguage()]);
draw();
