// Uploads over tRPC and REST; the zip itself comes in by `uploads.http.ts`.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { ExampleItem, ExampleNameInput, UploadIdInput, UploadItem } from "./bundles.contract";
import { listExamples } from "./examples";
import { getUpload } from "./get-upload";
import { uploadExample } from "./upload-example";

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
});
