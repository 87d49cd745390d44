// The door of Stripe: the raw bytes as they came, cookies ignored, answered only once what they say is durable (MISSION H2).
import type { FastifyInstance } from "fastify";
import { EventIntake, type IntakeNeeds } from "./event-intake";
import { receiveEvent } from "./receive-event";

/** Stripe's largest events, invoices of many lines, stay far below. */
const eventBytesMax = 512 * 1024;

export function mountBilling(app: FastifyInstance, needs: IntakeNeeds): void {
  const intake = new EventIntake(needs);
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.post("/v1/billing/webhook", { bodyLimit: eventBytesMax }, async (request, reply) => {
      const signature = request.headers["stripe-signature"];
      const { duplicate } = await receiveEvent(intake, {
        raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        signature: typeof signature === "string" ? signature : undefined,
        traceId: request.id,
        ipAddress: request.ip ?? null,
      });
      return reply.code(200).send({ received: true, duplicate, traceId: request.id });
    });
  });
}
