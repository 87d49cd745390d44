// Where a worker says what went wrong: its standard error, which the agent host keeps as the agent's log.

/** The stack goes to the author's log; callers get the message alone. */
export function printFault(thrown: unknown): void {
  // biome-ignore lint/suspicious/noConsole: inside a worker the console is the log
  console.error(thrown instanceof Error ? (thrown.stack ?? String(thrown)) : thrown);
}
