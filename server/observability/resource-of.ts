// What traces and metrics say of the process that they come from.
import type { Resource } from "@opentelemetry/resources";
import type { Config } from "~/server/config";

/** Loads what it needs only when it is asked. */
export async function resourceOf(config: Pick<Config, "tracing" | "environment">, program: string): Promise<Resource> {
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const { serviceName, resource } = config.tracing;
  return resourceFromAttributes({
    "deployment.environment.name": config.environment,
    ...resource,
    "service.name": serviceName ?? `webhost-${program}`,
    "whs.program": program,
  });
}
