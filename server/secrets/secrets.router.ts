// Agent secrets, write-only: set, unset, and see which are set (MISSION F2).
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { listSecrets } from "./list-secrets";
import { ListSecretsInput, SecretList, SetSecretInput, UnsetSecretInput } from "./secrets.contract";
import { setSecret } from "./set-secret";
import { unsetSecret } from "./unset-secret";

const tags = ["Secrets"];

export const secretsRouter = router({
  list: workspaceProcedure("secret.read")
    .meta({
      openapi: { method: "GET", path: "/agents/{agentId}/secrets", summary: "List an agent's secrets, without values", tags },
    })
    .input(ListSecretsInput)
    .output(SecretList)
    .query(({ ctx, input }) => listSecrets(ctx.services, ctx.scope, input)),
  set: workspaceProcedure("secret.write")
    .meta({ openapi: { method: "PUT", path: "/agents/{agentId}/secrets/{name}", summary: "Set a secret", tags } })
    .input(SetSecretInput)
    .output(z.object({ name: z.string(), version: z.number() }))
    .mutation(({ ctx, input }) => setSecret(ctx.services, ctx.scope, input)),
  unset: workspaceProcedure("secret.write")
    .meta({ openapi: { method: "DELETE", path: "/agents/{agentId}/secrets/{name}", summary: "Unset a secret", tags } })
    .input(UnsetSecretInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await unsetSecret(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
