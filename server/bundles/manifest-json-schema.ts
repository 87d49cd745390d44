// The published JSON Schema of `agent.config.json`, generated from the zod schema that judges uploads (MISSION C3).
import { z } from "zod";
import { Manifest } from "./manifest.contract";

/** JSON Schema draft 2020-12 of what an author writes; served at `/schema/agent.config.json`. */
export function manifestJsonSchema(publicUrl: URL): Record<string, unknown> {
  return {
    $id: new URL("/schema/agent.config.json", publicUrl).href,
    title: "agent.config.json",
    description: "The manifest of an agent's bundle: what it is called, where it runs, what it needs.",
    ...z.toJSONSchema(Manifest, { io: "input", target: "draft-2020-12" }),
  };
}
