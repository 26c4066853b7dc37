import { arch, cpus, platform, totalmem } from 'node:os';

/** Lines that say where the numbers come from. */
export function describeMachine(): readonly string[] {
  const all = cpus();
  return [
    `${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${platform()} ${arch()}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
  ];
}
