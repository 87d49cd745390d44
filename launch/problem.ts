// What went wrong before anything ran: one sentence with its mend, shown without a stack.

export class LaunchProblem extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "LaunchProblem";
  }
}

const sentences: Record<string, string> = {
  ENOSPC: "The disk is full: free some space (the embedded default needs about 500 MB) and start again.",
  EDQUOT: "The disk quota is used up: free some space (the embedded default needs about 500 MB) and start again.",
  EROFS: "The file system is read-only: set DATA_DIR to a directory that can be written.",
  EMFILE: "Too many open files: raise the limit with `ulimit -n 4096` and start again.",
  ENOMEM: "There is not enough memory to start another process: free some and start again.",
};

/** The one sentence for any thrown thing; errors of the operating system that people meet have words of their own. */
export function sentenceOf(thrown: unknown): string {
  if (thrown instanceof LaunchProblem) return thrown.message;
  if (!(thrown instanceof Error)) return String(thrown);
  const { code, path } = thrown as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM")
    return `No permission for ${path ?? "a file"}: start as the user that owns it, or set DATA_DIR to a directory of your own.`;
  return (code && sentences[code]) ?? thrown.stack ?? thrown.message;
}
