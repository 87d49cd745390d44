// What Cloudflare takes as metadata of a script, strictly: fields and kinds that the SDK's own types know, and the limits that the vendor documents.
import type { ScriptUpdateParams } from "cloudflare/resources/workers/scripts/scripts";
import { z } from "zod";
import { VendorRefusal } from "./vendor-answer";

type Metadata = ScriptUpdateParams.Metadata;
type Binding = NonNullable<Metadata["bindings"]>[number];

const bindingName = z.string().regex(/^[A-Za-z_$][A-Za-z0-9_$]{0,254}$/, "is no name of a variable");
const scriptName = z.string().regex(/^[a-z0-9_][a-z0-9_-]{0,62}$/, "is no name of a script");
const value = z.string().refine((text) => Buffer.byteLength(text) <= 5_120, "is larger than 5 KB");
const usages = z
  .array(z.enum(["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"]))
  .min(1);

const kinds = {
  secret_text: z.strictObject({ type: z.literal("secret_text"), name: bindingName, text: value }),
  plain_text: z.strictObject({ type: z.literal("plain_text"), name: bindingName, text: value }),
  json: z.strictObject({ type: z.literal("json"), name: bindingName, json: z.json() }),
  secret_key: z.strictObject({
    type: z.literal("secret_key"),
    name: bindingName,
    format: z.literal("raw"),
    algorithm: z.strictObject({ name: z.literal("HMAC"), hash: z.enum(["SHA-256", "SHA-384", "SHA-512"]) }),
    usages,
    key_base64: z.base64(),
  }),
  durable_object_namespace: z.strictObject({
    type: z.literal("durable_object_namespace"),
    name: bindingName,
    class_name: z.string().regex(/^[A-Za-z_$][A-Za-z0-9_$]*$/),
    script_name: scriptName.optional(),
    dispatch_namespace: z.string().optional(),
  }),
  dispatch_namespace: z.strictObject({
    type: z.literal("dispatch_namespace"),
    name: bindingName,
    namespace: z.string(),
    outbound: z
      .strictObject({
        worker: z.strictObject({ service: scriptName }),
        params: z.array(z.strictObject({ name: z.string() })).optional(),
      })
      .optional(),
  }),
} satisfies Partial<Record<Binding["type"], z.ZodType>>;

export const VendorBinding = z.discriminatedUnion("type", [
  kinds.secret_text,
  kinds.plain_text,
  kinds.json,
  kinds.secret_key,
  kinds.durable_object_namespace,
  kinds.dispatch_namespace,
]);
export type VendorBinding = z.infer<typeof VendorBinding>;

export const VendorBindings = z
  .array(VendorBinding)
  .max(256)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "has a name twice");

const tag = z.string().regex(/^[^,&\s]{1,100}$/, "has a character that tags may not have");
const isPast = (date: string) => Number.isFinite(Date.parse(date)) && Date.parse(date) <= Date.now();

const fields = {
  main_module: z.string().min(1),
  compatibility_date: z.iso.date().refine(isPast, "lies in the future"),
  compatibility_flags: z.array(z.enum(["enable_request_signal", "nodejs_compat"])).optional(),
  bindings: VendorBindings.optional(),
  tags: z.array(tag).max(8).optional(),
  limits: z.strictObject({ cpu_ms: z.number().int().min(1).max(300_000).optional() }).optional(),
  migrations: z
    .strictObject({
      old_tag: z.string().optional(),
      new_tag: z.string(),
      new_sqlite_classes: z.array(z.string()).min(1).optional(),
      new_classes: z.array(z.string()).optional(),
      deleted_classes: z.array(z.string()).optional(),
    })
    .optional(),
  observability: z.strictObject({ enabled: z.boolean() }).optional(),
} satisfies Partial<Record<keyof Metadata, z.ZodType>>;

export const VendorMetadata = z.strictObject(fields);
export type VendorMetadata = z.infer<typeof VendorMetadata>;

export function assertScriptName(name: string): void {
  if (!scriptName.safeParse(name).success) throw new VendorRefusal(400, 10016, "workers.api.error.invalid_script_name");
}

export function parseStrictly<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new VendorRefusal(400, 10021, `metadata: ${issue?.path.join(".")} ${issue?.message}`);
}
