// The life of a launched product: up, told to the person, watched, and down again however it ends.
import { awaitStopSignal } from "./await-stop-signal";
import { type LaunchOptions, launchProduct, type Product } from "./launch-product";
import { sentenceOf } from "./problem";
import { say } from "./show-step";
import { UndoStack } from "./undo-stack";

export type RunOptions = Pick<LaunchOptions, "settings" | "mode"> & {
  /** Runs once everything is up; what it throws ends the product. */
  whenUp: (product: Product, undo: UndoStack) => Promise<void>;
};

/** Answers the exit code: 0 after a wished stop, 1 after a problem, which is said in one sentence. */
export async function runUntilStopped(options: RunOptions): Promise<number> {
  const undo = new UndoStack();
  let product: Product | null = null;
  const signals = awaitStopSignal(() => {
    say("Stopping at once.");
    for (const program of product?.programs ?? []) void program.kill();
  });
  let reportFailure: (problem: unknown) => void = () => {};
  const failed = new Promise<unknown>((resolve) => {
    reportFailure = resolve;
  });
  const launched = async () => {
    product = await launchProduct({ ...options, undo, onFailure: reportFailure });
    await options.whenUp(product, undo);
  };
  // Never settles by itself while all is well: only a wish or a failure ends it.
  const broken = launched().then(
    () => failed,
    (problem) => problem as unknown,
  );
  const problem = await Promise.race([signals.wished.then(() => null), broken, failed]);
  say(problem === null ? "\nStopping …" : sentenceOf(problem));
  const failures = await undo.run();
  for (const failure of failures) say(sentenceOf(failure));
  if (problem === null && failures.length === 0) say("Stopped.");
  signals.dispose();
  return problem === null && failures.length === 0 ? 0 : 1;
}
