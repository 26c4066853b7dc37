import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthAudit, AuthModule, Public, Roles, Scopes } from '@watchword/auth';
import { routesTable } from '../../src/bin/routes-table.js';

@Roles('staff')
abstract class StaffController {
  @Get('list')
  @Scopes('things:read')
  list(): void {}
}

@Controller(['things', 'goods'])
class ThingsController extends StaffController {
  @Post()
  @Roles('clerk', 'admin')
  @Scopes('things:write', 'things:read')
  add(@Body() _thing: object): void {}

  @Get('prices')
  @Public()
  prices(): void {}

  @Get('offers')
  @Public({ verify: 'optional' })
  offers(): void {}

  @MessagePattern({ cmd: 'things.read' })
  read(): void {}

  @EventPattern('things.moved')
  moved(_data: unknown, _context: unknown): void {}

  helper(): void {}
}

@Controller()
class RootController {
  @Get()
  root(): void {}
}

@WebSocketGateway()
class ThingsGateway {
  @SubscribeMessage('follow')
  @Scopes('things:read')
  follow(): void {}
}

@ObjectType()
class Thing {
  @Field(() => String)
  name!: string;
}

@Resolver(() => Thing)
class ThingsResolver {
  @Query(() => Thing, { name: 'firstThing' })
  first(): void {}
  @ResolveField(() => Number)
  @Roles('clerk')
  weight(): void {}
}

it('lists what each handler of every kind requires, and where that is said', async () => {
  @Module({
    imports: [AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'things', keys: { discovery: true } })],
    controllers: [ThingsController, RootController],
    providers: [ThingsGateway, ThingsResolver],
  })
  class AppModule {}
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const handlers = testing.get(AuthAudit).handlers();
  const staff = '@Roles(staff) on StaffController';
  const rows = handlers.map(({ kind, route, verify, roles, scopes, declaredBy }) => [
    `${kind} ${route}`,
    verify,
    roles,
    scopes,
    declaredBy,
  ]);
  expect(rows).toEqual([
    ['event things.moved', 'always', [['staff']], [], [staff]],
    ['graphql Query firstThing', 'always', [], [], []],
    ['graphql Thing weight', 'always', [['clerk']], [], ['@Roles(clerk) on ThingsResolver.weight']],
    ['http GET /', 'always', [], [], []],
    ...['goods', 'things'].flatMap((path) => [
      [
        `http POST /${path}`,
        'always',
        [['staff'], ['clerk', 'admin']],
        ['things:write', 'things:read'],
        [
          '@Roles(clerk, admin) on ThingsController.add',
          '@Scopes(things:write, things:read) on ThingsController.add',
          staff,
        ],
      ],
      [
        `http GET /${path}/list`,
        'always',
        [['staff']],
        ['things:read'],
        ['@Scopes(things:read) on StaffController.list', staff],
      ],
      [`http GET /${path}/offers`, 'optional', [], [], ["@Public({ verify: 'optional' }) on ThingsController.offers"]],
      [`http GET /${path}/prices`, 'never', [], [], ['@Public() on ThingsController.prices']],
    ]),
    ['message {"cmd":"things.read"}', 'always', [['staff']], [], [staff]],
    ['websocket follow', 'always', [], ['things:read'], ['@Scopes(things:read) on ThingsGateway.follow']],
  ]);
  expect(handlers[0]?.handler).toBe('ThingsController.moved');
  const table = routesTable(handlers).split('\n');
  expect(table[0]).toMatch(/^kind +route +requires +declared by +handler$/);
  expect(table[2]).toMatch(
    /^event +things.moved +role staff +@Roles\(staff\) on StaffController +ThingsController.moved$/,
  );
  expect(table.find((line) => line.includes('POST /goods'))).toContain(
    'role staff and one role of clerk, admin and scope things:write and scope things:read',
  );
  expect(table.find((line) => line.includes('GET / '))).toMatch(/a token +\(default\)/);
  await testing.close();
});
