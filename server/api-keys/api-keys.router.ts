// API keys, made and ended by people; no key makes keys. And the public door for keys that somebody found.
import { router } from "~/server/trpc/init";
import { provenWorkspaceProcedure, publicProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { Done, PageQuery, pageOf } from "~/server/zod-shapes";
import {
  ApiKeyIdInput,
  ApiKeyItem,
  CreateApiKeyInput,
  CreatedApiKey,
  NarrowApiKeyInput,
  ReportKeyLeakInput,
  RerollApiKeyInput,
} from "./api-keys.contract";
import { createApiKey } from "./create-api-key";
import { endKeyOverlap } from "./end-key-overlap";
import { getApiKey } from "./get-api-key";
import { listApiKeys } from "./list-api-keys";
import { narrowApiKey } from "./narrow-api-key";
import { reportKeyLeak } from "./report-key-leak";
import { rerollApiKey } from "./reroll-api-key";
import { revokeApiKey } from "./revoke-api-key";

const tags = ["API keys"];

export const apiKeysRouter = router({
  list: workspaceProcedure("api_key.read")
    .meta({ openapi: { method: "GET", path: "/api-keys", summary: "List the API keys", tags } })
    .input(PageQuery)
    .output(pageOf(ApiKeyItem))
    .query(({ ctx, input }) => listApiKeys(ctx.services, ctx.scope, input)),
  get: workspaceProcedure("api_key.read")
    .meta({ openapi: { method: "GET", path: "/api-keys/{keyId}", summary: "Read an API key; never the key itself", tags } })
    .input(ApiKeyIdInput)
    .output(ApiKeyItem)
    .query(({ ctx, input }) => getApiKey(ctx.services, ctx.scope, input)),
  /** As dangerous as a password: whoever finds an open browser must not walk off with a key. */
  create: provenWorkspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path: "/api-keys", summary: "Make an API key; it is shown this once", tags } })
    .input(CreateApiKeyInput)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx.services, ctx.scope, input)),
  reroll: provenWorkspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path: "/api-keys/{keyId}/reroll", summary: "Make the successor of an API key", tags } })
    .input(RerollApiKeyInput)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => rerollApiKey(ctx.services, ctx.scope, input)),
  endOverlap: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path: "/api-keys/{keyId}/end-overlap", summary: "End a superseded key now", tags } })
    .input(ApiKeyIdInput)
    .output(ApiKeyItem)
    .mutation(({ ctx, input }) => endKeyOverlap(ctx.services, ctx.scope, input)),
  narrow: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path: "/api-keys/{keyId}/narrow", summary: "Give an API key a narrower preset", tags } })
    .input(NarrowApiKeyInput)
    .output(ApiKeyItem)
    .mutation(({ ctx, input }) => narrowApiKey(ctx.services, ctx.scope, input)),
  revoke: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "DELETE", path: "/api-keys/{keyId}", summary: "Revoke an API key", tags } })
    .input(ApiKeyIdInput)
    .output(ApiKeyItem)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.services, ctx.scope, input)),
  reportLeak: publicProcedure
    .meta({ openapi: { method: "POST", path: "/key-leaks", summary: "Report an API key that you found in public", tags } })
    .input(ReportKeyLeakInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await reportKeyLeak(ctx.services, ctx.request, input);
      return { done: true };
    }),
});
