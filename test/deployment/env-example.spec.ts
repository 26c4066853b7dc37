import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './compose-file.js';
import { renderEnvExample } from './env-example.js';

const path = join(root, '.env.example');

describe('.env.example', () => {
  it('says of every variable what the configuration classes know, and of no other', async () => {
    const rendered = renderEnvExample();
    if (process.env.UPDATE_ENV_EXAMPLE === '1') await writeFile(path, rendered);
    expect(await readFile(path, 'utf8')).toBe(rendered);
  });

  it('changes nothing when it is used as it is', async () => {
    expect(parseEnv(await readFile(path, 'utf8'))).toEqual({});
  });
});
