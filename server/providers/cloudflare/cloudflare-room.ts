// What the acts of this adapter share: the API, the way to scripts, the calls under way, and one turn at a time per deployment.
import type { PlacedDeployment } from "~/server/providers/provider";
import type { CloudflareApi, ScriptAt } from "./cloudflare-api";
import { createCloudflareApi } from "./cloudflare-api";
import { type CloudflareNeeds, defaultPatience, type Patience } from "./cloudflare-needs";
import { createScriptClient, type ScriptClient } from "./script-client";
import { scriptNameOf } from "./script-name";

export type Room = {
  needs: CloudflareNeeds;
  patience: Patience;
  api: CloudflareApi;
  client: ScriptClient;
  /** One act after the other for one deployment, within this process. */
  inTurn<T>(target: PlacedDeployment, act: () => Promise<T>): Promise<T>;
};

export function openRoom(needs: CloudflareNeeds): Room {
  const patience = { ...defaultPatience, ...needs.patience };
  const turns = new Map<string, Promise<unknown>>();
  return {
    needs,
    patience,
    api: createCloudflareApi({ ...needs, patience }),
    client: createScriptClient({ ...needs, patience }),
    inTurn({ deploymentId }, act) {
      const turn = (turns.get(deploymentId) ?? Promise.resolve()).then(act, act);
      const settled: Promise<void> = turn.then(
        () => forget(),
        () => forget(),
      );
      const forget = () => {
        if (turns.get(deploymentId) === settled) turns.delete(deploymentId);
      };
      turns.set(deploymentId, settled);
      return turn;
    },
  };
}

export function scriptOf({ needs }: Room, target: PlacedDeployment): ScriptAt {
  return { name: scriptNameOf(needs.environment, target), place: "agents" };
}
