// The manifest `agent.config.json` (CONTRACTS "Bundle"): unknown keys are refused with their path. Its JSON Schema is made from here.
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { goldenFilesMax } from "./golden.contract";

const envKey = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "Use capital letters, digits and underscores, for example OPENAI_API_KEY.");

/** A public host name, or `*.` and a host name. Never an address. */
const hostName = z
  .string()
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    "Write a host name such as api.openai.com, without scheme, port or path.",
  );

const bundlePath = z
  .string()
  .max(512)
  .refine(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
    "Write a path inside the bundle, such as src/index.ts.",
  );

export const Manifest = z.strictObject({
  $schema: z.string().max(300).optional(),
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "Use 1 to 63 lower-case letters, digits and dashes."),
  protocol: z.literal("invoke/v1"),
  runtime: z.union([z.enum(runtimes), z.array(z.enum(runtimes)).min(1).max(4)]),
  entrypoint: bundlePath,
  env: z
    .strictObject({ requiredKeys: z.array(envKey).max(100).default([]), optionalKeys: z.array(envKey).max(100).default([]) })
    .default({ requiredKeys: [], optionalKeys: [] }),
  capabilities: z
    .strictObject({ streaming: z.boolean().default(true), tools: z.boolean().default(false) })
    .default({ streaming: true, tools: false }),
  network: z.strictObject({ allow: z.array(hostName).max(100) }).optional(),
  limits: z
    .strictObject({
      timeoutMs: z.number().int().min(100).max(900_000).default(60_000),
      memoryMb: z.number().int().min(32).max(512).default(128),
    })
    .default({ timeoutMs: 60_000, memoryMb: 128 }),
  sessions: z
    .strictObject({
      onDeploy: z.enum(["stay", "move"]).default("stay"),
      whileBusy: z.enum(["reject", "queue", "interrupt"]).default("queue"),
    })
    .default({ onDeploy: "stay", whileBusy: "queue" }),
  golden: z.array(bundlePath).max(goldenFilesMax).default([]),
  cloudflare: z.strictObject({ compatibilityDate: z.iso.date().optional() }).optional(),
  agentcore: z
    .strictObject({ memory: z.boolean().optional(), codeInterpreter: z.boolean().optional(), browser: z.boolean().optional() })
    .optional(),
  vps: z.strictObject({ serverType: z.string().max(40).optional() }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;
