import { nonEmptyString } from './claim-validators.js';
import { ClaimsProfile } from './claims-profile.js';

describe('a claims profile', () => {
  it('refuses to be built while a required claim has no validator', () => {
    const build = (required: string[]) => () => new ClaimsProfile({ required, validators: { sub: nonEmptyString } });
    expect(build(['sub'])).not.toThrow();
    expect(build(['sub', 'tenant'])).toThrow('"tenant" has no validator');
    expect(build(['toString'])).toThrow('"toString" has no validator');
  });

  it('validates a claim that is there, whether it is required or not', () => {
    const profile = new ClaimsProfile({ required: [], validators: { sub: nonEmptyString } });
    expect(() => profile.check({})).not.toThrow();
    expect(() => profile.check({ sub: '' })).toThrow('claim_invalid: sub');
  });
});
