import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as main from '@watchword/auth';
import * as clients from '@watchword/auth/clients';
import { createTestIssuer } from '@watchword/auth/testing';

/** As where two packages of an application bring a version each. */
const ours = { ...main, ...clients };
let copy: typeof ours;
let place: string;
beforeAll(async () => {
  const repository = join(import.meta.dirname, '../../../..');
  await mkdir(join(repository, 'dist/fixtures'), { recursive: true });
  place = await mkdtemp(join(repository, 'dist/fixtures/copy-'));
  await cp(join(repository, 'libs/auth/src'), place, { recursive: true });
  copy = {
    ...((await import(join(place, 'index.ts'))) as typeof main),
    ...((await import(join(place, 'entry/clients.ts'))) as typeof clients),
  };
});
afterAll(() => rm(place, { recursive: true, force: true }));

it('has what the decorators of the other copy demand', () => {
  @Controller()
  class SalariesController {
    @Get()
    @copy.Roles('hr')
    list(): void {}
  }
  expect(copy.Roles).not.toBe(ours.Roles);
  const { list } = SalariesController.prototype as unknown as Record<'list', () => void>;
  const { roles } = ours.requirementsOf(SalariesController, list);
  expect(roles.map((group) => [...group])).toEqual([['hr']]);
});

it('knows the errors of the other copy, and no others', () => {
  const refusal = new copy.AuthError('token_expired');
  expect(Object.getPrototypeOf(refusal)).not.toBe(ours.AuthError.prototype);
  expect(refusal).toBeInstanceOf(ours.AuthError);
  expect(new ours.AuthError('token_expired')).toBeInstanceOf(copy.AuthError);
  expect(new copy.PropagationError('caller_missing', '')).toBeInstanceOf(ours.PropagationError);
  expect(new copy.PropagationError('caller_missing', '')).not.toBeInstanceOf(ours.AuthError);
  expect(new copy.DownstreamError({ status: 502, code: 'bad_gateway', message: '' })).toBeInstanceOf(
    ours.DownstreamError,
  );
  for (const other of [new Error('other'), null, undefined, 'AuthError', { name: 'AuthError' }]) {
    expect(other).not.toBeInstanceOf(ours.AuthError);
  }
});

it('still tells a class that extends one of its errors from that error', () => {
  class Special extends ours.AuthError {}
  expect(new Special('token_expired')).toBeInstanceOf(ours.AuthError);
  expect(new Special('token_expired')).toBeInstanceOf(Special);
  expect(new ours.AuthError('token_expired')).not.toBeInstanceOf(Special);
});

it('does not start beside the other copy, and names both with their versions and the mend', async () => {
  const manifest = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const issuer = await createTestIssuer();
  @Module({ imports: [ours.AuthModule.forRoot(issuer.trusted('things'))] })
  class AppModule {}
  const starting = NestFactory.create(AppModule, { logger: false, abortOnError: false });
  const ofThis = `: ${version} at file:`;
  const ofCopy = `, ${version} at file:`;
  for (const named of [
    /installed more than once/,
    /libs\/auth\/src/,
    place,
    ofThis,
    ofCopy,
    /npm ls @watchword\/auth/,
  ]) {
    await expect(starting).rejects.toThrow(named);
  }
});
