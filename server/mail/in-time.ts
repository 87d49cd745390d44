// Waits for a carrier as long as one letter may take, and no longer.
import { carrierTimeoutMs } from "./mail-carrier";

/** Rejects after {@link carrierTimeoutMs}; what is waited for goes on unheard. */
export async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${carrierTimeoutMs} ms`)), carrierTimeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
