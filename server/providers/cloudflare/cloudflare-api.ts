// Cloudflare's API as this adapter uses it: eight requests through the official SDK, for scripts of the account or of a dispatch namespace.
import { z } from "zod";
import { callVendor, type VendorCall } from "./call-vendor";
import type { CloudflareNeeds, Patience } from "./cloudflare-needs";
import { openSdk, type Sdk } from "./open-sdk";
import type { ScriptBinding, ScriptMetadata } from "./script-metadata";
import type { NamedScript } from "./script-name";

/** `place` says where a script lives: `account` for those that are ours, `agents` for those of customers, which may be a namespace. */
export type ScriptPlace = "account" | "agents";
export type ScriptAt = { name: string; place: ScriptPlace };
export type Asked = { signal: AbortSignal; code: VendorCall<unknown>["code"] };

export interface CloudflareApi {
  /** The whole script, made or replaced. */
  upload(script: ScriptAt, upload: { metadata: ScriptMetadata; module: string }, asked: Asked): Promise<void>;
  /** All bindings anew; module, tags and limits stay. */
  bind(script: ScriptAt, bindings: readonly ScriptBinding[], asked: Asked): Promise<void>;
  /** Null when there is no such script. */
  findSettings(script: ScriptAt, asked: Asked): Promise<ScriptSettings | null>;
  /** Idempotent. With it go the objects that it defines. */
  remove(script: ScriptAt, asked: Asked): Promise<void>;
  list(place: ScriptPlace, asked: Asked): Promise<NamedScript[]>;
  /** Whether the script is answered at its address under workers.dev. */
  publish(name: string, asked: Asked): Promise<void>;
  /** The account's own label under workers.dev. */
  readSubdomain(asked: Asked): Promise<string>;
  /** Rejects when the dispatch namespace cannot be seen. */
  assertNamespace(asked: Asked): Promise<void>;
}

export type ScriptSettings = z.infer<typeof ScriptSettings>;
const ScriptSettings = z.object({
  bindings: z
    .array(z.looseObject({ type: z.string(), name: z.string() }))
    .max(1_000)
    .default([]),
  tags: z.array(z.string()).nullish(),
});
const Subdomain = z.object({ subdomain: z.string().regex(/^[a-z0-9-]{1,63}$/) });
const listedMax = 100_000;
const Listed = z.array(z.object({ id: z.string(), tags: z.array(z.string()).nullish() })).max(listedMax);
const ListedEnvelope = z.object({ result: Listed });

type Needs = Pick<CloudflareNeeds, "config" | "log" | "environment"> & { patience: Patience };

export function createCloudflareApi(needs: Needs): CloudflareApi {
  const { accountId: account_id, dispatchNamespace } = needs.config;
  const namespaceOf = (place: ScriptPlace) => (place === "agents" ? dispatchNamespace : null);
  const pathOf = ({ name, place }: ScriptAt) => `${basePath(account_id, namespaceOf(place))}/${encodeURIComponent(name)}`;
  const ask = <T>(
    act: string,
    asked: Asked,
    run: (sdk: Sdk, signal: AbortSignal) => Promise<T>,
    known?: VendorCall<T>["known"],
  ) =>
    callVendor(needs, {
      act,
      ...asked,
      run: async (signal) => run(await openSdk(needs.config, needs.patience), signal),
      ...(known ? { known } : {}),
    });

  return {
    async upload(script, { metadata, module }, asked) {
      const body = uploadForm(metadata, module);
      await ask("upload", asked, (sdk, signal) => sdk.put(pathOf(script), { body, signal, headers: multipart }));
    },
    async bind(script, bindings, asked) {
      const body = new FormData();
      body.append("settings", jsonPart({ bindings }), "settings.json");
      await ask("bind", asked, (sdk, signal) => sdk.patch(`${pathOf(script)}/settings`, { body, signal, headers: multipart }));
    },
    findSettings: ({ name, place }, asked) =>
      ask<ScriptSettings | null>(
        "settings",
        asked,
        async (sdk, signal) => {
          const dispatch_namespace = namespaceOf(place);
          const settings =
            dispatch_namespace === null
              ? sdk.workers.scripts.scriptAndVersionSettings.get(name, { account_id }, { signal })
              : sdk.workersForPlatforms.dispatch.namespaces.scripts.settings.get(
                  name,
                  { account_id, dispatch_namespace },
                  { signal },
                );
          return ScriptSettings.parse(await settings);
        },
        ({ status }) => (status === 404 ? null : undefined),
      ),
    async remove({ name, place }, asked) {
      await ask<unknown>(
        "delete",
        asked,
        async (sdk, signal) => {
          const dispatch_namespace = namespaceOf(place);
          if (dispatch_namespace === null) return sdk.workers.scripts.delete(name, { account_id, force: true }, { signal });
          const namespaced = { account_id, dispatch_namespace, force: true };
          return sdk.workersForPlatforms.dispatch.namespaces.scripts.delete(name, namespaced, { signal });
        },
        ({ status }) => (status === 404 ? "gone" : undefined),
      );
    },
    list: (place, asked) =>
      ask("list", asked, async (sdk, signal) => {
        const query = { tags: `environment=${needs.environment}:yes` };
        // The SDK has no list of a namespace's scripts; both lists have one form.
        const { result } = ListedEnvelope.parse(await sdk.get(basePath(account_id, namespaceOf(place)), { query, signal }));
        return result.map(({ id, tags }) => ({ name: id, tags: tags ?? [] }));
      }),
    async publish(name, asked) {
      const shown = { account_id, enabled: true, previews_enabled: false };
      await ask("publish", asked, (sdk, signal) => sdk.workers.scripts.subdomain.create(name, shown, { signal }));
    },
    readSubdomain: (asked) =>
      ask("subdomain", asked, async (sdk, signal) => {
        return Subdomain.parse(await sdk.workers.subdomains.get({ account_id }, { signal })).subdomain;
      }),
    async assertNamespace(asked) {
      await ask("namespace", asked, async (sdk, signal) => {
        const found = await sdk.workersForPlatforms.dispatch.namespaces.get(dispatchNamespace ?? "", { account_id }, { signal });
        z.object({ namespace_name: z.literal(dispatchNamespace ?? "") }).parse(found);
      });
    },
  };
}

function basePath(accountId: string, namespace: string | null): string {
  const workers = `/accounts/${accountId}/workers`;
  return namespace === null ? `${workers}/scripts` : `${workers}/dispatch/namespaces/${encodeURIComponent(namespace)}/scripts`;
}

/**
 * The SDK (7.3.0) writes `metadata` as form fields with brackets and sends the form as JavaScript, both of which Cloudflare refuses
 * (cloudflare-typescript issue 2799): so the form is ours, and its type is left to `fetch`, which knows the boundary.
 */
const multipart = { "content-type": null };

function uploadForm(metadata: ScriptMetadata, module: string): FormData {
  const form = new FormData();
  form.append("metadata", jsonPart(metadata), "metadata.json");
  form.append(metadata.main_module, new File([module], metadata.main_module, { type: "application/javascript+module" }));
  return form;
}

function jsonPart(value: unknown): Blob {
  return new Blob([JSON.stringify(value)], { type: "application/json" });
}
