import { ApiProperty, PartialType } from '@nestjs/swagger';
import { IsArray, IsUUID, ValidateBy } from 'class-validator';
import { CLIENT_ID_RULE, isClientId } from '../clients/client-identifier.js';
import { ClientSettings } from '../clients/client-definition.js';

export class ClientPath {
  @ApiProperty({ example: 'orders' })
  @ValidateBy({ name: 'isClientId', validator: { validate: isClientId, defaultMessage: () => CLIENT_ID_RULE } })
  readonly clientId!: string;
}

export class ClientSecretPath extends ClientPath {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  readonly secretId!: string;
}

/** Fields that are missing are not changed. */
export class ChangeClientDto extends PartialType(ClientSettings, { skipNullProperties: false }) {}

/** A JWK Set (RFC 7517 §5). */
export class ClientKeysDto {
  @ApiProperty({ type: [Object] })
  @IsArray()
  readonly keys!: Readonly<Record<string, unknown>>[];
}
