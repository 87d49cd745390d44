// The environment of a test run: tests bring their own servers and secrets, so what this shell is configured for stays out of their reach.
import { configVariables } from "~/server/config-variables";

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(configVariables)) delete env[name];
  return env;
}
