import { parseArgs } from 'node:util';
import type { Bench } from './bench-settings.js';
import { cacheSuite } from './cache/cache-suite.js';
import { floodSuite } from './flood/flood-suite.js';
import { issueSuite } from './issue/issue-suite.js';
import type { Table } from './measure/measure.js';
import { describeMachine } from './report/machine.js';
import { printSheet, printTable, type Sheet } from './report/print-table.js';
import { compareWithTargets } from './report/targets.js';
import { printVerdicts } from './report/verdict.js';
import { writeResults } from './report/write-results.js';
import { revokeSuite } from './revoke/revoke-suite.js';
import { serveKeySet } from './serve-key-set.js';
import { httpSuite, preparedHttpSuite, tcpSuite } from './services/service-suite.js';
import { AUDIENCE, ISSUER, generateKeys, publicKey, publicKeySet } from './tokens/token-mint.js';
import { verifierSuite } from './verifier/verifier-suite.js';

type Suite = (bench: Bench) => AsyncIterable<Table | Sheet>;

const SUITES: Readonly<Record<string, readonly Suite[]>> = {
  verify: [verifierSuite, httpSuite, preparedHttpSuite, tcpSuite, floodSuite],
  verifier: [verifierSuite],
  cache: [cacheSuite],
  http: [httpSuite],
  prepared: [preparedHttpSuite],
  tcp: [tcpSuite],
  flood: [floodSuite],
  issue: [issueSuite],
  revoke: [revokeSuite],
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
const sheets: Sheet[] = [];
for (const suite of (positionals.length > 0 ? positionals : ['verify', 'issue', 'revoke']).flatMap((name) =>
  suitesOf(name),
)) {
  for await (const table of suite(bench)) {
    if ('unit' in table) tables.push(table);
    else sheets.push(table);
    console.log('unit' in table ? printTable(table) : printSheet(table));
  }
}
keySet.close();
// A comparison with a peer needs the peer.
const verdicts = bench.only ? [] : [...compareWithTargets(tables), ...sheets.flatMap(({ verdict }) => verdict ?? [])];
if (verdicts.length > 0) console.log(printVerdicts(verdicts));
console.log(`\nWritten to ${await writeResults({ machine, rounds: bench.rounds, tables, sheets, verdicts })}`);

function suitesOf(name: string): readonly Suite[] {
  const suites = SUITES[name];
  if (!suites) throw new TypeError(`There is no bench ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  return suites;
}
