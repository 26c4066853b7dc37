import { ValidateBy } from 'class-validator';
import { ISSUER_AUDIENCE } from './issuer-audience.js';

/** Names of services, separated by commas, without the issuer: tokens that people send to services must not be valid at the issuer. */
export const IsLoginAudiences = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLoginAudiences',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && !value.split(',').includes(ISSUER_AUDIENCE),
      defaultMessage: () =>
        `$property must not name ${ISSUER_AUDIENCE}: a service that receives such a token could use it at /admin. ` +
        `To get a token for the issuer, request it at login or refresh ("resource": "${ISSUER_AUDIENCE}")`,
    },
  });
