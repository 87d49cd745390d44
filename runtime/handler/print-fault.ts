// Where a worker says what went wrong: its standard error, which the agent host keeps as the agent's log.

/** The stack goes to the author's log; callers get the message alone. */
export function printFault(thrown: unknown): void {
  const text = thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  for (const line of text.split("\n")) process.stderr.write(`${line}\n`);
}
