// What every provider can be asked: where to send the person, and who it was that came back.
import type { ProviderKey } from "./oauth.contract";

/** Made for one sign-in, kept by the browser alone, told to the provider or demanded back from it. */
export type Proofs = { state: string; nonce: string; verifier: string };

export type ExternalPerson = {
  /** The provider's own name for the person; never changes and is never given to anybody else. */
  subject: string;
  /** As the provider wrote it; null when it told none. */
  email: string | null;
  /** The provider says that the mailbox is this person's. Nothing else counts as yes. */
  isEmailVerified: boolean;
  displayName: string | null;
};

export interface OAuthProvider {
  readonly key: ProviderKey;
  /** What people call it. */
  readonly name: string;
  /** Whose subjects they are: identities are kept under it. */
  readonly issuer: string;
  /** Where the person is asked. Throws {@link providerFailed} when the provider cannot be reached. */
  authorizationUrl(proofs: Proofs): Promise<URL>;
  /** Trades the code for the person behind it. Throws {@link providerFailed} or {@link answerNotGenuine}. */
  identify(answer: { code: string; iss: string | null }, proofs: Proofs): Promise<ExternalPerson>;
}
