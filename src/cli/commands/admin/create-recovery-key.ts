/** `neuro admin recovery-key create`: the private half on the screen, once; the public half in a file. No cluster is asked. */
import { writeFile } from 'node:fs/promises';
import { rfc3339 } from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import { formatPublicKeys } from '../../../sealing/index.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printQrCode } from '../../output/qr-code.ts';
import { newRecoveryKey } from '../../secrets/recovery-words.ts';

const wordsInRow = 6;

export interface CreateRecoveryKeyOptions {
  readonly qr?: boolean;
}

export async function createRecoveryKey(run: Invocation<CreateRecoveryKeyOptions>, file: string): Promise<void> {
  const { words, material } = await newRecoveryKey();
  const published = { ...material, createdAt: rfc3339(run.io.now().getTime()), active: true };
  try {
    // A file that is there is the public half of another key, for which values are sealed.
    await writeFile(file, formatPublicKeys([published]), { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    if (code === 'ENOENT')
      throw new CliError(
        'notFound',
        `The folder of ${file} does not exist; no key was made. Name a file in one that does.`,
        {
          cause,
        },
      );
    if (code !== 'EEXIST') throw cause;
    throw new CliError('illegalArgument', `${file} is there already; no key was made. Name another file.`, { cause });
  }
  const all = words.split(' ');
  const rows = Array.from({ length: Math.ceil(all.length / wordsInRow) }, (_, row) =>
    all.slice(row * wordsInRow, (row + 1) * wordsInRow).join(' '),
  );
  printLines(run, rows);
  // Upper case makes it smaller, and restore takes it as well.
  if (run.options.qr === true) await printQrCode(run, words.toUpperCase());
  note(
    run,
    `Write these words down now${run.options.qr === true ? ', or print the code,' : ''} and keep them offline: they are shown only once, and open every value that is sealed for the key.`,
  );
  note(
    run,
    `The public half is in ${file}: keep it in git. To have every value sealed for it, add its entry to the chart's value sealing.recoveryKeys; ` +
      `if it is the first, \`helm upgrade --reset-then-reuse-values --set-json sealing.recoveryKeys="$(cat ${quote(file)})"\` with your release and chart does that.`,
  );
  note(
    run,
    `Then \`neuro secret reseal\` seals for it what a namespace has already. For one value: \`neuro secret add KEY --for ${quote(file)}\`.`,
  );
}
