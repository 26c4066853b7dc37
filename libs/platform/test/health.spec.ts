import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule } from '@watchword/auth';
import { HealthRegistry, Lifecycle, PlatformModule, VerifierConfig, type HealthReport } from '@watchword/platform';
import { startTestApp, type TestApp } from '@watchword/platform/testing';

@Controller('things')
class ThingsController {
  @Get()
  things(): [] {
    return [];
  }
}

@Module({
  imports: [
    PlatformModule.forRoot({ name: 'sample', config: VerifierConfig }),
    AuthModule.forRootAsync({
      inject: [VerifierConfig],
      useFactory: (config: VerifierConfig) => config.trustedIssuer('sample'),
    }),
  ],
  controllers: [ThingsController],
})
class SampleModule {}

const SECRET = 'VMTfdo3Ekhp75ZPi3JttL1iwVSi9ImTNjaaw_2zvoTs';

describe('the health of an app', () => {
  let app: TestApp;

  const start = async (environment: Record<string, string>) => {
    app = await startTestApp({ name: 'sample', module: SampleModule, config: VerifierConfig, environment });
  };
  const ready = async (): Promise<{ status: number; report: HealthReport }> => {
    const response = await fetch(`${app.url}/health/ready`);
    return { status: response.status, report: (await response.json()) as HealthReport };
  };

  afterEach(() => app.close());

  it('is open to everybody where everything else needs a token', async () => {
    await start({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET });
    const statuses = await Promise.all(
      ['/health/live', '/health/ready', '/metrics', '/docs', '/things'].map(
        async (path) => (await fetch(app.url + path)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 200, 200, 401]);
  });

  it('is not ready, but alive, while the keys of the issuer were never fetched', async () => {
    await start({ AUTH_ISSUER: 'http://127.0.0.1:1' });
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    const { status, report } = await ready();
    expect(status).toBe(503);
    expect(report).toMatchObject({ status: 'not ready', checks: { keys: { status: 'failed' } } });
    expect(JSON.stringify(report.checks['keys'])).toContain('no keys of http://127.0.0.1:1');
  });

  it('measures how many keys of which issuer there are, and no age of keys that were never fetched', async () => {
    await start({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET });
    const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
    expect(await metrics()).toContain('watchword_verification_keys{issuer="http://127.0.0.1:3000"} 1');
    expect(await metrics()).not.toContain('watchword_verification_keys_age_seconds{');
  });

  it('says which check fails and why, and is ready again by itself', async () => {
    await start({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET });
    let reason: string | undefined = 'out of ink';
    app.get(HealthRegistry).register('printer', () => {
      if (reason !== undefined) throw new Error(reason);
    });
    expect(await ready()).toEqual({
      status: 503,
      report: {
        status: 'not ready',
        checks: { keys: { status: 'ok' }, printer: { status: 'failed', reason: 'out of ink' } },
      },
    });
    reason = undefined;
    expect(await ready()).toMatchObject({ status: 200, report: { status: 'ready' } });
  });

  it('does not wait forever for a check', async () => {
    await start({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET });
    app.get(HealthRegistry).register('stuck', () => new Promise(() => undefined));
    const { status, report } = await ready();
    expect(status).toBe(503);
    expect(report.checks['stuck']).toMatchObject({ reason: expect.stringContaining('no answer within') as string });
  });

  it('is not ready once the process drains', async () => {
    await start({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET });
    app.get(Lifecycle).beginDrain();
    expect(await ready()).toMatchObject({ status: 503, report: { checks: { lifecycle: { status: 'failed' } } } });
  });
});
