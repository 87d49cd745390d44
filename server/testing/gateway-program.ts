// The web process without its pages, for measurements of calls: the same configuration, services and doors as server/main.ts.
import process from "node:process";
import { readConfig } from "~/server/config";
import { createServices } from "~/server/create-services";
import { startWeb } from "~/server/http/start-web";

async function main(): Promise<void> {
  const services = createServices(readConfig(), { program: "web" });
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  process.once("SIGTERM", () => {
    void web
      .drain()
      .then(() => services.close())
      .finally(() => process.exit(0));
  });
  process.send?.({ url: web.url });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
