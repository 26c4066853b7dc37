import { BreachedPasswordList } from './breached-passwords.js';
import { PasswordPolicy } from './password-policy.js';
import { ZxcvbnStrength } from './zxcvbn-strength.js';

const REJECTED = { kind: 'unprocessable', code: 'password_rejected' };
const CONTEXT = { email: 'leonora.sundqvist@example.com', name: 'Leonora Sundqvist' };

describe('which passwords may be chosen', () => {
  const policy = new PasswordPolicy(new ZxcvbnStrength(), new BreachedPasswordList(), 8);
  const check = (password: string) => policy.check(password, CONTEXT);

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
  ])('refuses what is %s', async (_, password) => {
    await expect(check(password)).rejects.toMatchObject(REJECTED);
  });

  it.each([
    ['words', 'tidal orchid bakery'],
    ['lower case alone', 'vkqhzrtbnwfl'],
    ['128 characters', 'tidal orchid bakery '.repeat(7).slice(0, 128)],
    ['any script', 'Ørkenrävens пароль 砂漠'],
    ['a good end after a bad start', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa tidal orchid bakery'],
  ])('takes %s, without rules of composition', async (_, password) => {
    await expect(check(password)).resolves.toBeUndefined();
  });

  it('may have to be longer: 15 characters where nothing else proves who somebody is', async () => {
    const longer = new PasswordPolicy(new ZxcvbnStrength(), new BreachedPasswordList(), 15);
    await expect(longer.check('vkqhzrtbnwflgd', CONTEXT)).rejects.toThrow('at least 15 characters');
    await expect(longer.check('vkqhzrtbnwflgdp', CONTEXT)).resolves.toBeUndefined();
  });

  it.each(['mOmSaNaLaDvEnTuRe', 'qAzWsXeDcRfVtGb', 'nEmVxYhEqDd5oQxYxYzI'])(
    'refuses one from a data breach, even if it is long and has mixed case: %s',
    async (password) => {
      await expect(check(password)).rejects.toThrow('data breach');
    },
  );

  it('looks only those up that may be chosen otherwise', async () => {
    const asked: string[] = [];
    const breached = { has: (password: string) => Promise.resolve(asked.push(password) > 0) };
    const asking = new PasswordPolicy(new ZxcvbnStrength(), breached, 8);
    await expect(asking.check('password1', CONTEXT)).rejects.toMatchObject(REJECTED);
    expect(asked).toEqual([]);
    await expect(asking.check('tidal orchid bakery', CONTEXT)).rejects.toThrow('data breach');
    expect(asked).toEqual(['tidal orchid bakery']);
  });

  it('says where and why', async () => {
    await expect(policy.check('password1', CONTEXT, 'newPassword')).rejects.toMatchObject({
      errors: [{ field: 'newPassword', message: expect.stringMatching(/common/) as string }],
    });
  });
});
