// Tells every process that an API key changed, so that the next request with it is judged anew; without Redis it takes a second.
import { listenToChannel } from "~/server/queue/listen-to-channel";
import type { Services } from "~/server/services";
import { forgetApiKey } from "./prove-api-key";
import { forgetSigningSecrets } from "./prove-signed-request";

type ChangeNeeds = Pick<Services, "across" | "clock" | "log" | "redis">;

const channel = "api-key-changed";

/** Call it after the transaction: whoever hears it reads the row. Waits for nobody. */
export function announceKeyChange(needs: ChangeNeeds, keyId: string): void {
  forgetKey(needs, keyId);
  needs.redis.publish(channel, keyId).catch((error: unknown) => {
    needs.log.warn({ err: error }, "a change of an API key was not announced; other processes notice it within a second");
  });
}

/** Until the returned function is called. */
export function followKeyChanges(needs: ChangeNeeds): Promise<() => void> {
  return listenToChannel(needs.redis, channel, (keyId) => forgetKey(needs, keyId));
}

function forgetKey(needs: ChangeNeeds, keyId: string): void {
  forgetApiKey(needs, keyId);
  forgetSigningSecrets(needs, keyId);
}
