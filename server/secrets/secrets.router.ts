// Agent secrets, write-only: set, unset, see which are set, and bring new values to what runs (MISSION F2, F4).
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { applySecrets } from "./apply-secrets";
import { listSecretVersions } from "./list-secret-versions";
import { listSecrets } from "./list-secrets";
import { listStaleSecrets } from "./list-stale-secrets";
import {
  ListSecretsInput,
  SecretList,
  SecretNameInput,
  SecretSet,
  SecretSetList,
  SecretsApplied,
  SecretVersionList,
  SetManySecretsInput,
  SetSecretExpiryInput,
  SetSecretInput,
  StaleSecrets,
  StaleSecretsInput,
} from "./secrets.contract";
import { setManySecrets } from "./set-many-secrets";
import { setSecret } from "./set-secret";
import { setSecretExpiry } from "./set-secret-expiry";
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
    .output(SecretSet)
    .mutation(({ ctx, input }) => setSecret(ctx.services, ctx.scope, input)),
  setMany: workspaceProcedure("secret.write")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/secrets", summary: "Set several secrets, or none", tags } })
    .input(SetManySecretsInput)
    .output(SecretSetList)
    .mutation(({ ctx, input }) => setManySecrets(ctx.services, ctx.scope, input)),
  setExpiry: workspaceProcedure("secret.write")
    .meta({
      openapi: { method: "PUT", path: "/agents/{agentId}/secrets/{name}/expiry", summary: "Say when a secret expires", tags },
    })
    .input(SetSecretExpiryInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await setSecretExpiry(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  versions: workspaceProcedure("secret.read")
    .meta({
      openapi: { method: "GET", path: "/agents/{agentId}/secrets/{name}/versions", summary: "List a secret's versions", tags },
    })
    .input(SecretNameInput)
    .output(SecretVersionList)
    .query(({ ctx, input }) => listSecretVersions(ctx.services, ctx.scope, input)),
  stale: workspaceProcedure("secret.read")
    .meta({ openapi: { method: "GET", path: "/secrets/stale", summary: "See what runs with older secrets", tags } })
    .input(StaleSecretsInput)
    .output(StaleSecrets)
    .query(({ ctx, input }) => listStaleSecrets(ctx.services, ctx.scope, input)),
  applyNow: workspaceProcedure("secret.write")
    .meta({ openapi: { method: "POST", path: "/secrets/apply", summary: "Bring today's secrets to what runs", tags } })
    .input(StaleSecretsInput)
    .output(SecretsApplied)
    .mutation(({ ctx, input }) => applySecrets(ctx.services, ctx.scope, input)),
  unset: workspaceProcedure("secret.write")
    .meta({ openapi: { method: "DELETE", path: "/agents/{agentId}/secrets/{name}", summary: "Unset a secret", tags } })
    .input(SecretNameInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await unsetSecret(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
