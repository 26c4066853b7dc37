import { Matches, type ValidationOptions } from 'class-validator';

const SKU = /^[A-Z0-9](?:[A-Z0-9-]{0,38}[A-Z0-9])?$/;

/** A stock keeping unit: 1 to 40 capital letters, digits and inner hyphens. */
export const IsSku = (options: ValidationOptions = {}): PropertyDecorator =>
  Matches(SKU, { message: '$property must be 1 to 40 capital letters, digits and inner hyphens', ...options });
