// The runtimes that this installation offers.
import type { Runtime } from "~/db/tables/deployments";
import type { Config } from "~/server/config";
import { AppError } from "~/server/errors";
import type { Log } from "~/server/log";
import { createEmbeddedProvider } from "./embedded/embedded-provider";
import type { Provider, ProviderRegistry } from "./provider";

export function createProviders({ config }: { config: Config; log: Log }): ProviderRegistry {
  return registryOf([createEmbeddedProvider({ socketPath: config.agentHostSocket, token: config.agentHostToken })]);
}

/** A registry of exactly these, for an installation or for a test. */
export function registryOf(providers: readonly Provider[]): ProviderRegistry {
  const byRuntime = new Map<Runtime, Provider>(providers.map((provider) => [provider.runtime, provider]));
  return {
    get(runtime) {
      const provider = byRuntime.get(runtime);
      if (provider !== undefined) return provider;
      const offered = [...byRuntime.keys()].join(", ");
      throw new AppError(
        "INVALID_REQUEST",
        `This installation does not offer the runtime "${runtime}". Choose one of: ${offered}.`,
        {
          details: { reason: "runtime_not_offered" },
        },
      );
    },
    list: () => [...byRuntime.values()],
  };
}
