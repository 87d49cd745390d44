// What was started and how to undo it, last thing first.

export class UndoStack {
  readonly #steps: (() => Promise<void>)[] = [];
  #running: Promise<unknown[]> | null = null;

  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Undoes everything once, however often it is called; a step that fails does not keep the others. Answers the failures. */
  run(): Promise<unknown[]> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step().catch((error) => failures.push(error));
    return failures;
  }
}
