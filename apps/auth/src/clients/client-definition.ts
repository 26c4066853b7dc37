import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HasNoControlCharacters } from '@watchword/platform';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  NotEquals,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { ISSUER_AUDIENCE, mixesIssuerAudience } from '../config/index.js';
import { CLIENT_ID_RULE, isClientId } from './client-identifier.js';
import { GRANT_TYPES, type GrantType } from './client.js';
import { FIRST_PARTY_CLIENT } from './first-party-client.js';

const MAX_ENTRIES = 100;
/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;
/** A name, or a URI (RFC 8707 §2): printable ASCII without spaces. */
const AUDIENCE = /^[\x21-\x7e]{1,256}$/;
const ROLE = /^[a-z][a-z0-9-]{0,63}$/;

/** A token for the issuer must have no other audience, so a client must not have the issuer among several audiences. */
const KeepsIssuerAudienceApart = () =>
  ValidateBy({
    name: 'keepsIssuerAudienceApart',
    validator: {
      validate: (value: unknown) => !(Array.isArray(value) && mixesIssuerAudience(value)),
      defaultMessage: () =>
        `$property must not have ${ISSUER_AUDIENCE} together with other audiences: register a separate client`,
    },
  });

/** The settings of a client, which an administrator can change. */
export class ClientSettings {
  @ApiProperty({ example: 'Orders' })
  @IsString()
  @Length(1, 200)
  @HasNoControlCharacters()
  readonly name!: string;

  @ApiProperty({
    enum: GRANT_TYPES,
    isArray: true,
    description:
      'With refresh_token, the client can refresh sessions that it started. Currently no client starts sessions: people log in at ' +
      '/auth/login and refresh at /auth/refresh.',
  })
  @IsArray()
  @ArrayUnique()
  @IsIn(GRANT_TYPES, { each: true })
  readonly grants!: GrantType[];

  @ApiProperty({ type: [String], example: ['inventory:manage'] })
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(MAX_ENTRIES)
  @Matches(SCOPE, { each: true, message: 'each of scopes must be a scope as in RFC 6749 §3.3' })
  readonly scopes!: string[];

  @ApiProperty({ type: [String], example: ['inventory'], description: 'Services that it may get tokens for' })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MAX_ENTRIES)
  @Matches(AUDIENCE, { each: true, message: 'each of audiences must be printable ASCII without spaces' })
  @KeepsIssuerAudienceApart()
  readonly audiences!: string[];

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description: 'The roles of a person that stay in a token that this client exchanges',
  })
  @ValidateIf(({ roles }: ClientSettings) => roles !== undefined)
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(MAX_ENTRIES)
  @Matches(ROLE, { each: true, message: 'each of roles must be the name of a role' })
  readonly roles?: string[];
}

/** A client to register. */
export class ClientDefinition extends ClientSettings {
  @ApiProperty({ example: 'orders', description: `The \`client_id\`: ${CLIENT_ID_RULE}` })
  @ValidateBy({
    name: 'isClientId',
    validator: { validate: isClientId, defaultMessage: () => `clientId ${CLIENT_ID_RULE}` },
  })
  @NotEquals(FIRST_PARTY_CLIENT, { message: `clientId must not be ${FIRST_PARTY_CLIENT}: that is the issuer's own` })
  readonly clientId!: string;

  @ApiPropertyOptional({ type: Object, description: 'Public keys (RFC 7517) for private_key_jwt, instead of a secret' })
  @IsOptional()
  @IsObject()
  readonly jwks?: Readonly<Record<string, unknown>>;
}
