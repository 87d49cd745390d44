// A gateway for tests, in a process of its own: its agents run at a stand-in that outlives it. The first message is its task.
import process from "node:process";
import type { Config } from "~/server/config";
import { createServices } from "~/server/create-services";
import { AppError } from "~/server/errors";
import { startWeb } from "~/server/http/start-web";
import { publicNetwork } from "~/server/net/network";
import { createEmbeddedProvider } from "~/server/providers/embedded/embedded-provider";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { createProviderRegistry } from "./provider-registry";

/** Addresses as text, and no functions: neither passes between processes. */
export type GatewayTask = {
  config: Omit<Config, "publicUrl" | "network" | "github" | "billing" | "mail"> & { publicUrl: string };
  /** Where calls go: `POST` with what the provider was asked, answered with invoke/v1 JSON. Null: to the agent host of the configuration. */
  upstreamUrl: string | null;
};
export type GatewayWord = { url: string };

process.once("message", (task: GatewayTask) => {
  serve(task).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});

async function serve({ config, upstreamUrl }: GatewayTask): Promise<void> {
  const nowhere = new URL(config.publicUrl);
  const places = { github: { web: nowhere, archive: nowhere }, network: publicNetwork };
  const services = createServices(
    { ...config, ...places, publicUrl: new URL(config.publicUrl), billing: null, mail: { carrier: "outbox" } },
    { program: "gateway-process" },
  );
  const host = { socketPath: config.agentHostSocket, token: config.agentHostToken };
  const providers = createProviderRegistry([upstreamUrl === null ? createEmbeddedProvider(host) : remote(upstreamUrl)]);
  const web = await startWeb({ ...services, providers }, { rootDirectory: null, watchesBuild: false });
  process.send?.({ url: web.url } satisfies GatewayWord);
  process.once("SIGTERM", () => {
    void web
      .drain()
      .then(() => services.close())
      .finally(() => process.exit(0));
  });
}

function remote(upstreamUrl: string): Provider {
  return {
    ...createFakeProvider(),
    invoke: async (target, call, { signal }) => {
      const answer = await fetch(upstreamUrl, { method: "POST", body: JSON.stringify({ target, call }), signal });
      if (!answer.ok) throw new AppError("RUNTIME_ERROR", "The stand-in failed.", { retryable: true });
      return (await answer.json()) as Awaited<ReturnType<Provider["invoke"]>>;
    },
  };
}
