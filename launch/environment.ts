// The environment as a value that is handed on: any names, any of them absent.

export type Environment = Record<string, string | undefined>;
