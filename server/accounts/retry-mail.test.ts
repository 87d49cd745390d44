// A letter that was given up: the operator sends it on its way again, once, and it is written down who did.
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createMailer } from "~/server/mail/create-mailer";
import { deliverMail } from "~/server/mail/deliver-mail";
import type { Delivery } from "~/server/mail/mail-carrier";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { ensureOperator } from "./ensure-operator";
import { listOutbox } from "./list-outbox";
import { retryMail } from "./retry-mail";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ config: { logLevel: "error" } });
});
afterAll(() => services.dispose());

const visitor = { traceId: "trc_1", ipAddress: null, userAgent: null };

test("is queued again with all its tries, and its words are shown to nobody meanwhile", async () => {
  let answer: Delivery = { outcome: "refused", why: "No." };
  const carrier = { deliver: async () => answer, close: () => undefined };
  const needs = { ...services, mailer: createMailer({ ...services, carrier }) };
  const operator = await ensureOperator(services, visitor);
  const mail = { to: "ada@example.test", subject: "S", text: "https://x.test/?token=1", html: "" };
  await inTransaction(services.across, (tx) => needs.mailer.send(tx, mail));
  const shown = async () => (await listOutbox(services, operator, { limit: 25, visitor })).items[0];
  const mailId = (await shown())?.mailId ?? "";
  await deliverMail(needs, { mailId });
  expect(await shown()).toMatchObject({ status: "failed", text: null, attempts: 1, lastError: "No." });

  services.queue.rung.length = 0;
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => retryMail(services, operator, { mailId, visitor })));
  expect(tries.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(services.queue.rung).toMatchObject([{ name: "mail-deliver", payload: { mailId } }]);
  const acts = services.owner.selectFrom("auditEntries").select(["actorId", "targetId"]).where("action", "=", "outbox.retry");
  expect(await acts.execute()).toEqual([{ actorId: operator.userId, targetId: mailId }]);

  answer = { outcome: "sent" };
  await deliverMail(needs, { mailId });
  expect(await shown()).toMatchObject({ status: "sent", text: null, attempts: 1 });
});
