// The runtimes that this installation offers.
import type { Runtime } from "~/db/tables/deployments";
import type { Config } from "~/server/config";
import { AppError } from "~/server/errors";
import type { Log } from "~/server/log";
import { createAgentCoreProvider } from "./agentcore/agentcore-provider";
import { createCloudflareProvider } from "./cloudflare/cloudflare-provider";
import { createEmbeddedProvider } from "./embedded/embedded-provider";
import { HeldAnswers } from "./held-answers";
import type { OpenGrant, Provider, ProviderRegistry } from "./provider";
import { traceProvider } from "./trace-provider";

/** `openGrant` is asked by runtimes elsewhere, which are handed the values of a version as it is placed or refreshed. */
export type ProviderNeeds = { config: Config; log: Log; openGrant: OpenGrant };

export function createProviders({ config, log, openGrant }: ProviderNeeds): ProviderRegistry {
  const { environment, publicUrl, telemetryRootKey, telemetryFormerRootKeys } = config;
  const answers = new HeldAnswers(config.heldAnswersBytesMax);
  const providers = [createEmbeddedProvider({ socketPath: config.agentHostSocket, token: config.agentHostToken, answers })];
  if (config.cloudflare) {
    const rootKeys = [telemetryRootKey, ...telemetryFormerRootKeys];
    providers.push(
      createCloudflareProvider({ config: config.cloudflare, environment, publicUrl, rootKeys, openGrant, answers, log }),
    );
  }
  if (config.agentCore) {
    providers.push(createAgentCoreProvider({ config: config.agentCore, environment, publicUrl, openGrant, answers, log }));
  }
  return registryOf(config.tracing.collector ? providers.map(traceProvider) : providers);
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
