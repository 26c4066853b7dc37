import { Body, Controller, Get, Post } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { IsInt, IsString } from 'class-validator';
import request from 'supertest';
import { AppConfig, createApp, PlatformModule, ProblemError, type App } from '@watchword/platform';

class Item {
  @IsString()
  readonly sku!: string;

  @IsInt()
  readonly quantity!: number;
}

@Controller('things')
class ThingsController {
  @Get('taken')
  taken(): never {
    throw new ProblemError(409, 'taken', 'It is taken', { headers: { 'Retry-After': '3' } });
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret detail');
  }

  @Post()
  create(@Body() item: Item): Item {
    return item;
  }
}

@Module({ imports: [PlatformModule.forRoot({ name: 'sample', config: AppConfig })], controllers: [ThingsController] })
class SampleModule {}

describe('an app made by the platform', () => {
  let app: App;

  beforeAll(async () => {
    app = await createApp({ module: SampleModule, config: new AppConfig(), logger: false });
    await app.nest.init();
  });

  afterAll(() => app.nest.close());

  const http = () => request(app.nest.getHttpServer());

  it('answers an unknown route with a problem document', async () => {
    const response = await http()
      .get('/nowhere')
      .expect(404)
      .expect('Content-Type', /application\/problem\+json/);
    expect(JSON.parse(response.text)).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('shows what a ProblemError says', async () => {
    const response = await http().get('/things/taken').expect(409).expect('Retry-After', '3');
    expect(JSON.parse(response.text)).toMatchObject({ code: 'taken', detail: 'It is taken' });
  });

  it('shows nothing of an unexpected error', async () => {
    const response = await http().get('/things/broken').expect(500);
    expect(response.text).not.toContain('secret detail');
    expect(JSON.parse(response.text)).toMatchObject({ code: 'internal_error' });
  });

  it('names every field that is wrong', async () => {
    const response = await http().post('/things').send({ sku: 1, extra: true }).expect(400);
    const problem = JSON.parse(response.text) as { code: string; errors: { field: string }[] };
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map(({ field }) => field).sort()).toEqual(['extra', 'quantity', 'sku']);
  });

  it('answers health, readiness, metrics and documentation', async () => {
    await http().get('/health/live').expect(200, { status: 'live' });
    await http().get('/health/ready').expect(200);
    await http()
      .get('/metrics')
      .expect(200)
      .expect(/http_request_duration_seconds/);
    await http().get('/docs').expect(200);
  });
});
