// Everything that is sealed for a workspace, and how each of it is read and replaced: what a new data key has to seal anew.
import type { Db } from "~/db/client";
import {
  listSealedSigningSecretsAcrossWorkspaces,
  setResealedSigningSecretIfSameAcrossWorkspaces,
} from "~/server/api-keys/resealing.queries";
import { signingSecretPlace } from "~/server/auth/signing-secret-place";
import {
  listSealedTurnsAcrossWorkspaces,
  setResealedTurnIfSameAcrossWorkspaces,
} from "~/server/conversations/conversations.queries";
import { turnPlace } from "~/server/conversations/turn-place";
import {
  listSealedAnswersAcrossWorkspaces,
  setResealedAnswerIfSameAcrossWorkspaces,
} from "~/server/idempotency/idempotency.queries";
import { answerPlace } from "~/server/idempotency/kept-answer";
import { listSealedSecretsAcrossWorkspaces, setResealedSecretIfSameAcrossWorkspaces } from "~/server/secrets/resealing.queries";
import { secretPlace } from "~/server/secrets/secret-place";
import type { SealedPlace } from "~/server/vault/vault";
import {
  listSealedWebhookSecretsAcrossWorkspaces,
  listSealedWebhookUrlsAcrossWorkspaces,
  setResealedWebhookSecretIfSameAcrossWorkspaces,
  setResealedWebhookUrlIfSameAcrossWorkspaces,
} from "~/server/webhooks/resealing.queries";
import { webhookSecretPlace } from "~/server/webhooks/webhook-secret-place";
import { webhookUrlPlace } from "~/server/webhooks/webhook-url-place";

export type SealedItem = {
  place: SealedPlace;
  sealed: Buffer;
  /** Compares: false when it is another value by now, which was sealed under today's key. */
  replace(tx: Db, sealed: Buffer): Promise<boolean>;
};

export interface SealedStore {
  /** Table and column, as the code names them. */
  readonly column: string;
  /** In a fixed order, so many at a time, behind the last one of the page before. */
  list(db: Db, asked: { workspaceId: string; behind: SealedItem | null; limit: number }): Promise<SealedItem[]>;
}

const agentSecrets: SealedStore = {
  column: "agentSecrets.sealedValue",
  async list(db, { workspaceId, behind, limit }) {
    const after = { agentId: behind?.place.id ?? "", name: behind?.place.name ?? "" };
    const rows = await listSealedSecretsAcrossWorkspaces(db, { workspaceId, after, limit });
    return rows.flatMap(({ agentId, name, version, sealedValue: before }) => {
      if (before === null) return [];
      const place = secretPlace({ workspaceId, agentId, name, version });
      const replace: SealedItem["replace"] = (tx, sealedValue) =>
        setResealedSecretIfSameAcrossWorkspaces(tx, { workspaceId, agentId, name, before, sealedValue });
      return [{ place, sealed: before, replace }];
    });
  },
};

const idempotentAnswers: SealedStore = {
  column: "idempotencyKeys.sealedAnswer",
  async list(db, { workspaceId, behind, limit }) {
    const rows = await listSealedAnswersAcrossWorkspaces(db, { workspaceId, after: behind?.place.id ?? "", limit });
    return rows.flatMap(({ place, procedure, sealedAnswer: before }) => {
      if (before === null) return [];
      const replace: SealedItem["replace"] = (tx, sealedAnswer) =>
        setResealedAnswerIfSameAcrossWorkspaces(tx, { workspaceId, place, before, sealedAnswer });
      return [{ place: answerPlace({ ownerId: workspaceId, place, procedure }), sealed: before, replace }];
    });
  },
};

const signingSecrets: SealedStore = {
  column: "signingSecrets.sealedSecret",
  async list(db, { workspaceId, behind, limit }) {
    const rows = await listSealedSigningSecretsAcrossWorkspaces(db, { workspaceId, after: behind?.place.name ?? "", limit });
    return rows.map(({ keyId, secretId, sealedSecret: before }) => ({
      place: signingSecretPlace(workspaceId, { keyId, secretId }),
      sealed: before,
      replace: (tx, sealedSecret) =>
        setResealedSigningSecretIfSameAcrossWorkspaces(tx, { workspaceId, secretId, before, sealedSecret }),
    }));
  },
};

const conversationTurns: SealedStore = {
  column: "conversationTurns.sealedTurn",
  async list(db, { workspaceId, behind, limit }) {
    const rows = await listSealedTurnsAcrossWorkspaces(db, { workspaceId, after: behind?.place.name ?? "", limit });
    return rows.map(({ id, agentId, sessionId, sealedTurn: before }) => ({
      place: turnPlace({ workspaceId, agentId, sessionId, turnId: id }),
      sealed: before,
      replace: (tx, sealedTurn) => setResealedTurnIfSameAcrossWorkspaces(tx, { workspaceId, id, before, sealedTurn }),
    }));
  },
};

const webhookSecrets: SealedStore = {
  column: "webhookSecrets.sealedSecret",
  async list(db, { workspaceId, behind, limit }) {
    const rows = await listSealedWebhookSecretsAcrossWorkspaces(db, { workspaceId, after: behind?.place.name ?? "", limit });
    return rows.map(({ endpointId, secretId, sealedSecret: before }) => ({
      place: webhookSecretPlace(workspaceId, { endpointId, secretId }),
      sealed: before,
      replace: (tx, sealedSecret) =>
        setResealedWebhookSecretIfSameAcrossWorkspaces(tx, { workspaceId, secretId, before, sealedSecret }),
    }));
  },
};

const webhookAddresses: SealedStore = {
  column: "webhookEndpoints.sealedUrl",
  async list(db, { workspaceId, behind, limit }) {
    const rows = await listSealedWebhookUrlsAcrossWorkspaces(db, { workspaceId, after: behind?.place.id ?? "", limit });
    return rows.map(({ endpointId, sealedUrl: before }) => ({
      place: webhookUrlPlace(workspaceId, endpointId),
      sealed: before,
      replace: (tx, sealedUrl) => setResealedWebhookUrlIfSameAcrossWorkspaces(tx, { workspaceId, endpointId, before, sealedUrl }),
    }));
  },
};

export const sealedStores: readonly SealedStore[] = [
  agentSecrets,
  idempotentAnswers,
  signingSecrets,
  conversationTurns,
  webhookSecrets,
  webhookAddresses,
];

/** Sealed, and never for a workspace. Their owners' keys are theirs alone and no workspace's. */
export const sealedForOthers: Readonly<Record<string, string>> = {
  "outboxMails.sealedBody": "letters, for the platform: gone when they are sent",
  "userTotps.sealedSecret": "authenticator apps, for a person: set up anew after a leak",
};
