// A registry of exactly the providers that a test hands in.
import { AppError } from "~/server/errors";
import type { Provider, ProviderRegistry } from "~/server/providers/provider";

export function createProviderRegistry(providers: Provider[] = []): ProviderRegistry {
  return {
    get(runtime) {
      const provider = providers.find((candidate) => candidate.runtime === runtime);
      if (!provider) throw new AppError("INVALID_REQUEST", `This test has no provider for the runtime "${runtime}".`);
      return provider;
    },
    list: () => [...providers],
  };
}
