import type { INestApplication, ModuleMetadata, Provider } from '@nestjs/common';
import type { JWK } from 'jose';

/** What every measured service is told about its issuer. */
export interface ServiceSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  /** The same ES256 key as PEM, for the libraries that take a key. */
  readonly publicKeyPem: string;
  /** Keycloak's RS256 realm key as PEM. */
  readonly realmKeyPem: string;
}

export interface ServiceStart {
  readonly settings: ServiceSettings;
  /** Whether HTTP is served as `libs/platform` serves it, which spares Express half of its work; otherwise as Nest does. */
  readonly isPrepared: boolean;
}

/** How one way of authentication is put into a Nest app, as its users do it. */
export interface Authentication {
  readonly imports?: readonly NestImport[];
  readonly providers?: readonly Provider[];
  /** What is done to the app before it listens. */
  readonly configure?: (app: INestApplication) => void;
}

type NestImport = NonNullable<ModuleMetadata['imports']>[number];
