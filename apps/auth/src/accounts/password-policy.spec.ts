import { PasswordPolicy } from './password-policy.js';
import { ZxcvbnStrength } from './zxcvbn-strength.js';

const REJECTED = { status: 422, code: 'password_rejected' };
const CONTEXT = { email: 'leonora.sundqvist@example.com', name: 'Leonora Sundqvist' };

describe('which passwords may be chosen', () => {
  const policy = new PasswordPolicy(new ZxcvbnStrength(), 8);
  const check = (password: string) => () => policy.check(password, CONTEXT);

  it.each([
    ['shorter than 8 characters', 'xK9#mQ2'],
    ['shorter than 8 characters, though not in UTF-16', '😀🦊🐙🌵😀🦊🐙'],
    ['longer than 128 characters', 'xK9#mQ2$'.repeat(17)],
    ['common', 'password1'],
    ['common in disguise', 'P@ssw0rd!'],
    ['a row of keys', 'qwertyuiop'],
    ['one character', 'aaaaaaaaaaaaaaaa'],
    ['a pattern', 'abcabcabcabc'],
    ['a date', '1987-11-23'],
    ['the name', 'leonora.sundqvist'],
    ['the service', 'watchword1'],
  ])('refuses what is %s', (_, password) => {
    expect(check(password)).toThrow(expect.objectContaining(REJECTED));
  });

  it.each([
    ['words', 'tidal orchid bakery'],
    ['lower case alone', 'vkqhzrtbnwfl'],
    ['128 characters', 'tidal orchid bakery '.repeat(7).slice(0, 128)],
    ['any script', 'Ørkenrävens пароль 砂漠'],
    ['a good end after a bad start', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa tidal orchid bakery'],
  ])('takes %s, without rules of composition', (_, password) => {
    expect(check(password)).not.toThrow();
  });

  it('may have to be longer: 15 characters where nothing else proves who somebody is', () => {
    const longer = new PasswordPolicy(new ZxcvbnStrength(), 15);
    expect(() => longer.check('vkqhzrtbnwflgd', CONTEXT)).toThrow('at least 15 characters');
    expect(() => longer.check('vkqhzrtbnwflgdp', CONTEXT)).not.toThrow();
  });

  it('says where and why', () => {
    expect(() => policy.check('password1', CONTEXT, 'newPassword')).toThrow(
      expect.objectContaining({
        errors: [{ field: 'newPassword', message: expect.stringMatching(/common/) as string }],
      }),
    );
  });
});
