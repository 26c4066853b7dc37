import { answerParent } from '../process/answer-parent.js';
import type { IssuerPeer, IssuerSettings } from './issuer-settings.js';

const peers: Readonly<Record<string, (settings: IssuerSettings) => Promise<IssuerPeer>>> = {
  'the same route answering a constant': async (settings) => (await import('./floor.js')).startFloor(settings),
  'oidc-provider in memory': async (settings) => (await import('./oidc-provider.js')).startInMemory(settings),
  'oidc-provider on PostgreSQL': async (settings) => (await import('./oidc-provider.js')).startOnPostgres(settings),
};

let peer: IssuerPeer;

answerParent({
  start: async (settings: IssuerSettings): Promise<void> => {
    peer = await peers[process.argv[2] ?? '']!(settings);
  },
  refreshTokens: (count: number) => peer.refreshTokens?.(count),
});
