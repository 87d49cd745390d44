// Takes down what an address asks for. Whether it has an account is found out later: here all addresses are one (MISSION B3).
import type { Visitor } from "~/server/auth/visitor";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { grantLetterWishJob } from "./accounts.jobs";
import { insertLetterWishAcrossWorkspaces, type LetterWish } from "./letter-wishes.queries";

export type WishNeeds = Pick<Services, "across" | "clock" | "queue" | "redis">;

/** One row and one ring, whoever asks for whatever address: neither the answer nor its time says anything. */
export async function takeDownWish(services: WishNeeds, visitor: Visitor, wish: LetterWish): Promise<void> {
  const wishId = newId("letterWish");
  const { traceId, ipAddress } = visitor;
  const createdAt = services.clock.now();
  await insertLetterWishAcrossWorkspaces(services.across, { id: wishId, ...wish, traceId, ipAddress, createdAt });
  await services.queue.ring(grantLetterWishJob, { wishId });
}
