import type { Bench } from '../bench-settings.js';
import type { Burst } from '../load/load.js';
import type { TokenMode } from '../load/bearer-requests.js';
import { measure, type Table } from '../measure/measure.js';
import type { Contender } from '../measure/sample.js';
import { Child } from '../process/child.js';
import { authentications } from './authentications.js';
import { checkRefusals } from './check-refusals.js';
import type { ServicePorts } from './service.js';

/** The others have no guard that works on TCP. */
const ON_TCP = ['none', 'watchword', 'jose, remote key set'];

/** The ones that are near enough to no authentication at all to be told apart from it there. */
const PREPARED = ['none', 'watchword', 'passport-jwt + jwks-rsa', 'jose, remote key set'];

/** A server that idled while the others were measured has a small heap and cold caches: so much of a burst warms it up. */
const WARM_UP_SHARE = 2;

const MODES: Readonly<Record<TokenMode, string>> = {
  one: 'one token',
  pool: 'a pool of 10,000 tokens',
  new: 'every token new',
};

const TITLES: Readonly<Record<Burst['transport'], string>> = {
  http: 'HTTP on Nest Express',
  tcp: 'TCP on Nest microservices',
};

interface Service {
  readonly name: string;
  readonly child: Child;
  readonly ports: ServicePorts;
}

/** HTTP requests to the same Nest app under each way of authentication, compared with the app that has none. */
export function httpSuite(bench: Bench): AsyncIterable<Table> {
  return serviceSuite(bench, 'http', Object.keys(authentications));
}

/** The same where HTTP is served as our apps serve it. */
export function preparedHttpSuite(bench: Bench): AsyncIterable<Table> {
  return serviceSuite(bench, 'http', PREPARED, true);
}

/** The same over Nest's TCP transport. */
export function tcpSuite(bench: Bench): AsyncIterable<Table> {
  return serviceSuite(bench, 'tcp', ON_TCP);
}

async function* serviceSuite(
  bench: Bench,
  transport: Burst['transport'],
  names: readonly string[],
  isPrepared = false,
): AsyncGenerator<Table> {
  const { settings } = bench;
  const load = await Child.start('load');
  const services: Service[] = [];
  try {
    await load.ask('keys', bench.keys);
    for (const name of names.filter((candidate) => bench.only?.includes(candidate) ?? true)) {
      const child = await Child.start('service', name);
      const service = { name, child, ports: await child.ask<ServicePorts>('start', { settings, isPrepared }) };
      services.push(service);
      if (name !== 'none') await checkRefusals(service.ports.http, tokenKind(name), bench.keys);
    }
    for (const mode of Object.keys(MODES) as TokenMode[]) {
      const title = `${TITLES[transport]}${isPrepared ? ' as our apps serve it' : ''}, ${MODES[mode]}`;
      yield await table(bench, load, services, { transport, mode, title });
    }
  } finally {
    await Promise.all([load, ...services.map(({ child }) => child)].map((child) => child.close()));
  }
}

function table(
  bench: Bench,
  load: Child,
  services: readonly Service[],
  { transport, mode, title }: Pick<Burst, 'transport' | 'mode'> & { readonly title: string },
): Promise<Table> {
  const count = Math.ceil((transport === 'http' ? 4000 : 20_000) * bench.scale);
  const contenders = services.map(({ name, child, ports }): Contender => {
    const burst: Burst = { transport, port: ports[transport], kind: tokenKind(name), mode, count };
    return { name, round: () => measuredBurst(load, child, burst) };
  });
  return measure(bench, {
    title,
    unit: transport === 'http' ? 'requests' : 'messages',
    contenders: contenders as [Contender, ...Contender[]],
    ...(mode === 'new' && { before: () => load.ask('renew', { transport, count }) }),
  });
}

async function measuredBurst(load: Child, service: Child, burst: Burst): ReturnType<Contender['round']> {
  await load.ask('burst', { ...burst, mode: 'pool', count: Math.ceil(burst.count / WARM_UP_SHARE) } satisfies Burst);
  const before = await service.ask<number>('cpu');
  const seconds = await load.ask<number>('burst', burst);
  const cpu = (await service.ask<number>('cpu')) - before;
  return { perSecond: burst.count / seconds, cpuMicroseconds: (cpu / burst.count) * 1e6 };
}

function tokenKind(name: string): Burst['kind'] {
  return name.startsWith('nest-keycloak') ? 'keycloak' : 'watchword';
}
