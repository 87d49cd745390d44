// The runtimes that this installation offers.
import type { Runtime } from "~/db/tables/deployments";
import type { Config } from "~/server/config";
import { AppError } from "~/server/errors";
import type { Log } from "~/server/log";
import { createEmbeddedProvider } from "./embedded/embedded-provider";
import type { OpenGrant, Provider, ProviderRegistry } from "./provider";

/** `openGrant` is asked by runtimes elsewhere, which are handed the values of a version as it is placed or refreshed. */
export type ProviderNeeds = { config: Config; log: Log; openGrant: OpenGrant };

export function createProviders({ config }: ProviderNeeds): ProviderRegistry {
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
