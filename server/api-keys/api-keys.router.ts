// API keys, made and ended by people. No key makes keys.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { PageQuery, pageOf } from "~/server/zod-shapes";
import { ApiKeyIdInput, ApiKeyItem, CreateApiKeyInput, CreatedApiKey } from "./api-keys.contract";
import { createApiKey } from "./create-api-key";
import { listApiKeys } from "./list-api-keys";
import { revokeApiKey } from "./revoke-api-key";

const tags = ["API keys"];

export const apiKeysRouter = router({
  list: workspaceProcedure("api_key.read")
    .meta({ openapi: { method: "GET", path: "/api-keys", summary: "List the API keys", tags } })
    .input(PageQuery)
    .output(pageOf(ApiKeyItem))
    .query(({ ctx, input }) => listApiKeys(ctx.services, ctx.scope, input)),
  create: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path: "/api-keys", summary: "Make an API key; it is shown this once", tags } })
    .input(CreateApiKeyInput)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx.services, ctx.scope, input)),
  revoke: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "DELETE", path: "/api-keys/{keyId}", summary: "Revoke an API key", tags } })
    .input(ApiKeyIdInput)
    .output(ApiKeyItem)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.services, ctx.scope, input)),
});
