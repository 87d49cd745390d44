// Refuses to start over a database that belongs to another environment: its rows would name resources of that one (MISSION D5).
import { ConfigError } from "~/server/config";
import type { Services } from "~/server/services";
import { nameInstallationAcrossWorkspaces } from "./environment.queries";

/** The first start names the database. Throws {@link ConfigError} when it has another name than this start. */
export async function assertEnvironment({ config, across, clock }: Pick<Services, "config" | "across" | "clock">): Promise<void> {
  const kept = await nameInstallationAcrossWorkspaces(across, config.environment, clock.now());
  if (kept === config.environment) return;
  throw new ConfigError([
    `ENVIRONMENT_NAME is ${config.environment}, but the database at DATABASE_URL belongs to the environment "${kept}". ` +
      `Point DATABASE_URL at this environment's own database, or start with ENVIRONMENT_NAME=${kept}.`,
  ]);
}
