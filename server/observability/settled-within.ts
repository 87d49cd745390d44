// Waits for work that must not keep a stop waiting: until it is settled, well or not, or the time is up.
export async function settledWithin(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work.then(nothing, nothing), timeUp]);
  clearTimeout(timer);
}

function nothing(): void {}
