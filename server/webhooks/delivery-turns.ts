// Whose turn it is to be sent in this process: receivers of one workspace that take their time do not keep those of all others waiting.

export type DeliveryTurns = {
  /** Null: as many of the workspace are under way as may be. Else how to end the turn, which answers who was turned away meanwhile. */
  take(workspaceId: string, deliveryId: string): (() => string | null) | null;
};

/** Whoever is not remembered here is found by the sweep. */
const rememberedMax = 50;

export function createDeliveryTurns(atOnceMax: number): DeliveryTurns {
  const workspaces = new Map<string, { taken: number; turnedAway: Set<string> }>();
  return {
    take(workspaceId, deliveryId) {
      const own = workspaces.get(workspaceId) ?? { taken: 0, turnedAway: new Set<string>() };
      workspaces.set(workspaceId, own);
      if (own.taken >= atOnceMax) {
        if (own.turnedAway.size < rememberedMax) own.turnedAway.add(deliveryId);
        return null;
      }
      own.taken += 1;
      return () => {
        own.taken -= 1;
        const [next = null] = own.turnedAway;
        if (next !== null) own.turnedAway.delete(next);
        if (own.taken === 0 && own.turnedAway.size === 0) workspaces.delete(workspaceId);
        return next;
      };
    },
  };
}
