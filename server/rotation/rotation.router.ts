// Rotation of the platform's keys: the operator's alone.

import { router } from "~/server/trpc/init";
import { operatorProcedure, provenOperatorProcedure } from "~/server/trpc/procedures";
import { giveUpKey } from "./give-up-key";
import { readDataKey } from "./read-data-key";
import { readRotation } from "./read-rotation";
import { rotateDataKey } from "./rotate-data-key";
import {
  DataKeyFacts,
  DataKeyInput,
  GivenUp,
  GiveUpKeyInput,
  RotatedDataKey,
  RotationOverview,
  StartedRotation,
} from "./rotation.contract";
import { startRotation } from "./start-rotation";

export const rotationRouter = router({
  overview: operatorProcedure.output(RotationOverview).query(({ ctx }) => readRotation(ctx.services)),
  start: provenOperatorProcedure
    .output(StartedRotation)
    .mutation(({ ctx }) => startRotation(ctx.services, { operator: ctx.user, ...ctx.request })),
  giveUp: provenOperatorProcedure
    .input(GiveUpKeyInput)
    .output(GivenUp)
    .mutation(({ ctx, input }) => giveUpKey(ctx.services, { operator: ctx.user, ...ctx.request }, input)),
  dataKey: operatorProcedure
    .input(DataKeyInput)
    .output(DataKeyFacts)
    .query(({ ctx, input }) => readDataKey(ctx.services, input.workspaceId)),
  rotateDataKey: provenOperatorProcedure
    .input(DataKeyInput)
    .output(RotatedDataKey)
    .mutation(({ ctx, input }) => rotateDataKey(ctx.services, { operator: ctx.user, ...ctx.request }, input)),
});
