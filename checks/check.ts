// What every check is: a name, and a function that walks the project and comes back with what it found.

export type Finding = {
  /** File and line, for example `server/agents/create-agent.ts:12`; or what the finding is about. */
  where: string;
  /** What is wrong. */
  what: string;
  /** What to do about it. */
  mend: string;
};

export type CheckOptions = {
  /** The project's top folder. */
  root: string;
  /** Refresh generated files instead of comparing with them. */
  write: boolean;
};

export type Check = {
  name: string;
  run: (options: CheckOptions) => Promise<Finding[]>;
};
