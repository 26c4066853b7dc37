import { ConfigError, loadConfig } from '@watchword/platform';
import { OrdersConfig } from './orders-config.js';

const load = (environment: Record<string, string>): OrdersConfig => loadConfig('orders', OrdersConfig, environment);

describe('OrdersConfig', () => {
  it('needs nothing, and then has no service credentials', () => {
    expect(load({}).serviceCredentials).toBeUndefined();
  });

  it('asks for service tokens at the issuer unless told another place', () => {
    const client = { CLIENT_ID: 'orders', CLIENT_SECRET: 'secret', AUTH_ISSUER: 'https://auth.test/' };
    expect(load(client).serviceCredentials).toEqual({
      clientId: 'orders',
      clientSecret: 'secret',
      tokenEndpoint: 'https://auth.test/oauth/token',
    });
    const inside = { ...client, AUTH_TOKEN_ENDPOINT: 'http://auth:3000/oauth/token' };
    expect(load(inside).serviceCredentials?.tokenEndpoint).toBe('http://auth:3000/oauth/token');
  });

  it.each([
    ['CLIENT_SECRET', { CLIENT_ID: 'orders' }],
    ['CLIENT_ID', { CLIENT_SECRET: 'secret' }],
  ])('refuses one half of the client, naming %s', (missing, half) => {
    expect(() => load(half)).toThrow(ConfigError);
    expect(() => load(half)).toThrow(new RegExp(`${missing} must be set`));
  });
});
