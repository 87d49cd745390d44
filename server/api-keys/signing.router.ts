// Signing secrets of API keys: made and removed by people, as keys are.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { provenWorkspaceProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { ApiKeyIdInput } from "./api-keys.contract";
import { createSigningSecret } from "./create-signing-secret";
import { listSigningSecrets } from "./list-signing-secrets";
import { removeSigningSecret } from "./remove-signing-secret";
import { CreatedSigningSecret, SigningSecretInput, SigningSecretItem } from "./signing.contract";

const tags = ["API keys"];
const path = "/api-keys/{keyId}/signing-secrets";

export const signingRouter = router({
  list: workspaceProcedure("api_key.read")
    .meta({ openapi: { method: "GET", path, summary: "List the secrets by which calls of a key are signed", tags } })
    .input(ApiKeyIdInput)
    .output(z.object({ items: z.array(SigningSecretItem) }))
    .query(async ({ ctx, input }) => ({ items: await listSigningSecrets(ctx.services, ctx.scope, input) })),
  create: provenWorkspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "POST", path, summary: "Make a signing secret; it is shown this once", tags } })
    .input(ApiKeyIdInput)
    .output(CreatedSigningSecret)
    .mutation(({ ctx, input }) => createSigningSecret(ctx.services, ctx.scope, input)),
  remove: workspaceProcedure("api_key.manage")
    .meta({ openapi: { method: "DELETE", path: `${path}/{secretId}`, summary: "Remove a signing secret", tags } })
    .input(SigningSecretInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await removeSigningSecret(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
