// Which call a printed line belongs to: the only one that is under way; of several nobody can tell.
export type CallName = { traceId: string; sessionId: string };

export type CallsUnderway = {
  /** Answers how to end it; safe to call twice. */
  begin(call: CallName): () => void;
  only(): CallName | null;
};

/** Output and answer come on ways of their own: a line may be read a little after the call that printed it has ended. */
const lateMs = 100;

export function createCallsUnderway(now: () => number = () => performance.now()): CallsUnderway {
  const calls = new Map<symbol, { call: CallName; endedAt: number | null }>();
  return {
    begin({ traceId, sessionId }) {
      const key = Symbol();
      calls.set(key, { call: { traceId, sessionId }, endedAt: null });
      return () => {
        const begun = calls.get(key);
        if (begun) begun.endedAt ??= now();
        forgetEnded();
      };
    },
    only() {
      forgetEnded();
      const [first, second] = calls.values();
      return first !== undefined && second === undefined ? first.call : null;
    },
  };

  function forgetEnded(): void {
    const before = now() - lateMs;
    for (const [key, { endedAt }] of calls) if (endedAt !== null && endedAt < before) calls.delete(key);
  }
}
