import { parseArgs } from 'node:util';
import type { Bench } from './bench-settings.js';
import { issueSuite } from './issue/issue-suite.js';
import type { Table } from './measure/measure.js';
import { describeMachine } from './report/machine.js';
import { printTable } from './report/print-table.js';
import { judge, printVerdicts } from './report/targets.js';
import { writeResults } from './report/write-results.js';
import { serveKeySet } from './serve-key-set.js';
import { httpSuite, tcpSuite } from './services/service-suite.js';
import { AUDIENCE, ISSUER, generateKeys, publicKey, publicKeySet } from './tokens/token-mint.js';
import { verifierSuite } from './verifier/verifier-suite.js';

type Suite = (bench: Bench) => AsyncIterable<Table>;

const SUITES: Readonly<Record<string, readonly Suite[]>> = {
  verify: [verifierSuite, httpSuite, tcpSuite],
  verifier: [verifierSuite],
  http: [httpSuite],
  tcp: [tcpSuite],
  issue: [issueSuite],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    quick: { type: 'boolean', default: false },
    rests: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const keys = await generateKeys();
const jwks = publicKeySet(keys);
const keySet = await serveKeySet(jwks);
const bench: Bench = {
  keys,
  settings: {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks,
    jwksUri: keySet.jwksUri,
    publicKeyPem: publicKey(keys.watchword).export({ type: 'spki', format: 'pem' }),
    realmKeyPem: publicKey(keys.keycloak).export({ type: 'spki', format: 'pem' }),
  },
  rounds: values.quick ? 3 : Number(values.rounds),
  rests: values.rests,
  scale: values.quick ? 0.2 : 1,
  only: values.only?.split(';'),
};

const machine = describeMachine();
console.log(machine.join('\n'));
const tables: Table[] = [];
for (const suite of (positionals.length > 0 ? positionals : ['verify', 'issue']).flatMap((name) => suitesOf(name))) {
  for await (const table of suite(bench)) {
    tables.push(table);
    console.log(printTable(table));
  }
}
keySet.close();
// A comparison with a peer needs the peer.
const verdicts = bench.only ? [] : judge(tables);
if (verdicts.length > 0) console.log(printVerdicts(verdicts));
console.log(`\nWritten to ${await writeResults({ machine, rounds: bench.rounds, tables, verdicts })}`);

function suitesOf(name: string): readonly Suite[] {
  const suites = SUITES[name];
  if (!suites) throw new TypeError(`There is no bench ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  return suites;
}
