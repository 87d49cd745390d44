// Uploads over tRPC and REST; the zip itself comes in by `uploads.http.ts`.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { ExampleItem, ExampleNameInput, GithubUploadInput, UploadIdInput, UploadItem } from "./bundles.contract";
import { listExamples } from "./examples";
import { getUpload } from "./get-upload";
import { uploadExample } from "./upload-example";
import { uploadFromGithub } from "./upload-from-github";

export const uploadsRouter = router({
  get: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/uploads/{uploadId}", summary: "Read an upload", tags: ["Deployments"] } })
    .input(UploadIdInput)
    .output(UploadItem)
    .query(({ ctx, input }) => getUpload(ctx.services, ctx.scope, input.uploadId)),
  examples: workspaceProcedure("agent.read")
    .output(z.array(ExampleItem))
    .query(() => listExamples()),
  fromExample: workspaceProcedure("deployment.create")
    .input(ExampleNameInput)
    .output(UploadItem)
    .mutation(({ ctx, input }) => uploadExample(ctx.services, ctx.scope, input.name)),
  fromGithub: workspaceProcedure("deployment.create")
    .meta({
      openapi: { method: "POST", path: "/uploads/github", summary: "Upload a public GitHub repository", tags: ["Deployments"] },
    })
    .input(GithubUploadInput)
    .output(UploadItem)
    .mutation(({ ctx, input }) => uploadFromGithub(ctx.services, ctx.scope, input)),
});
