// Says on standard error what is going on, once it takes longer than a second.

const quietMs = 1_000;
const repeatMs = 10_000;

/** Runs `act`; a step that is done within a second leaves no trace. */
export async function showStep<T>(title: string, act: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
  let shown = false;
  const show = () => {
    say(shown ? `  ${title} … ${Math.round(Number(seconds()))} s` : `  ${title} …`);
    shown = true;
  };
  let repeating: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    repeating = setInterval(show, repeatMs);
  }, quietMs);
  try {
    const result = await act();
    if (shown) say(`✓ ${title} (${seconds()} s)`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(repeating);
  }
}

/** One line on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
