import { isURL, ValidateBy, type ValidationOptions } from 'class-validator';

/** An absolute URL. The host name may be known in this network only: `http://auth:3000`. */
export function IsHttpUrl(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isHttpUrl',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          isURL(value, { protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
        defaultMessage: () => '$property must be an http or https URL',
      },
    },
    options,
  );
}
