// What went wrong as an agent was loaded with its secrets, without them: the vendor repeats what the agent threw.
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { compileMask } from "~/runtime/redaction/mask-text";
import { AppError } from "~/server/errors";

const messageCharactersMax = 500;

/** Rejects like `act`. Cut only once it is masked: of a value that is cut in two the mask would know neither half. */
export async function maskWords<T>({ env }: Pick<LaunchGrant, "env">, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { code, details, retryable, cause } = thrown;
    const message = compileMask(Object.values(env)).mask(thrown.message).slice(0, messageCharactersMax);
    throw new AppError(code, message, { details, retryable, cause });
  }
}
