// Why a question got no answer, or not the whole of one.
export type TalkProblem = { code: string; message: string; traceId: string | null };

export class TalkError extends Error {
  constructor(readonly problem: TalkProblem) {
    super(problem.message);
    this.name = "TalkError";
  }
}

/** The gateway's own words, or its bare status where it had none. */
export async function problemOf(answer: Response): Promise<TalkProblem> {
  const traceId = answer.headers.get("x-trace-id");
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    return { code: error.code, message: error.message, traceId };
  } catch {
    return { code: String(answer.status), message: `The gateway answered ${answer.status} without saying why.`, traceId };
  }
}
