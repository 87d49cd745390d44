// How long an agent host may take to stop once it was told to: whoever ends it by force waits for so long.

/** Longest that calls in flight may hold up a stop, where `AGENT_DRAIN_MS` says nothing else. */
export const hostDrainMs = 30_000;

/** What comes before and after them: a process that is just starting, last words to callers, reports, lines. */
export const hostBeyondDrainMs = 15_000;

/** Of an answer: the host is going, and handed nothing over to any agent. */
export const hostStopping = "host_stopping";
