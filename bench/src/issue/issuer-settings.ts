import type { JWK } from 'jose';

export interface IssuerSettings {
  readonly port: number;
  readonly url: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly audience: string;
  readonly scope: string;
  /** ES256 with its private half. */
  readonly signingKey: JWK;
  readonly databaseUrl: string;
}

/** An issuer to compare with. */
export interface IssuerPeer {
  /** Begins `count` logins and answers their refresh tokens. */
  readonly refreshTokens?: (count: number) => Promise<string[]>;
}
