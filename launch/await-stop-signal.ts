// Ctrl-C, SIGTERM and a closed terminal, as one wish to stop.

export type StopSignals = {
  /** Resolves at the first wish. */
  wished: Promise<void>;
  /** Lets a further wish act again as the system would. */
  dispose(): void;
};

/** npm passes Ctrl-C on although the terminal has sent it to us already: what comes that soon is the same keystroke. */
const sameKeystrokeMs = 700;

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `onImpatience` is called at each further wish. */
export function awaitStopSignal(onImpatience: () => void): StopSignals {
  let firstAt = 0;
  let resolveWish = () => {};
  const wished = new Promise<void>((resolve) => {
    resolveWish = resolve;
  });
  const heard = () => {
    if (firstAt === 0) {
      firstAt = Date.now();
      resolveWish();
    } else if (Date.now() - firstAt > sameKeystrokeMs) onImpatience();
  };
  for (const name of names) process.on(name, heard);
  return {
    wished,
    dispose: () => {
      for (const name of names) process.off(name, heard);
    },
  };
}
