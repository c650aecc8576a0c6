/**
 * Loaded into the operator before itself (`--import`), in each of its threads: the wall clock of that process shows what the file
 * `NEURO_FAULTS_CLOCK` says, in milliseconds, more than the machine's. Timers and the steady clock go on as they are, as when somebody sets
 * the clock of a machine.
 */
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import threads, { type WorkerOptions } from 'node:worker_threads';

const file = process.env['NEURO_FAULTS_CLOCK'];
/** Both threads of the operator see a change within it. */
const lookEveryMs = 20;
const RealDate = Date;
const RealWorker = threads.Worker;
let offsetMs = 0;

class ShiftedDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

/** A thread that begins with a text instead of a file does not load what `--import` names. */
class ShiftedWorker extends RealWorker {
  constructor(source: string | URL, options?: WorkerOptions) {
    const self = JSON.stringify(fileURLToPath(import.meta.url));
    super(options?.eval === true ? `require(${self});${String(source)}` : source, options);
  }
}

if (file !== undefined) {
  threads.Worker = ShiftedWorker;
  syncBuiltinESMExports();
  globalThis.Date = ShiftedDate as DateConstructor;
  setInterval(() => {
    offsetMs = Number(readFileSync(file, 'utf8'));
  }, lookEveryMs).unref();
}
