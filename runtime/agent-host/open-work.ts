// What is under way on this host, so that a stop can wait for its end.
export class OpenWork {
  readonly #open = new Set<Promise<void>>();

  /** Answers the same promise. */
  follow<T>(work: Promise<T>): Promise<T> {
    const forget = () => void this.#open.delete(over);
    const over: Promise<void> = work.then(forget, forget);
    this.#open.add(over);
    return work;
  }

  /** Resolves when nothing is under way, nor was begun meanwhile. */
  async over(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}

/** Resolves with the work, or after `ms` without it. Rejects as the work does until then. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
